"""How the page looks: light or dark as its reader's machine is, on any width of screen."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#17202b;--dim:#5b6776;--line:#dde2e8;
--blue:#2463c5;--blue-soft:#2463c522;--bad:#b3261e;--bad-soft:#b3261e1f;--good:#1a7443;
--good-soft:#1a74431f;--live-soft:#2463c51f}
@media (prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b212a;--ink:#e6eaf0;--dim:#9aa7b6;
--line:#323b47;--blue:#7db0ff;--blue-soft:#7db0ff2b;--bad:#ff8a80;--bad-soft:#ff8a8029;
--good:#6fd39b;--good-soft:#6fd39b26;--live-soft:#7db0ff29}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,
"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1080px;margin:0 auto;padding:28px 20px 48px}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 12px;overflow-wrap:anywhere}
h2{font-size:1.1rem;margin:36px 0 12px}
h3{font-size:.95rem;margin:0}
p{margin:0 0 10px}
.dim,.note{color:var(--dim)}
.status{display:inline-block;padding:4px 12px;border-radius:14px;font-weight:600;
overflow-wrap:anywhere}
.status.good{background:var(--good-soft);color:var(--good)}
.status.bad{background:var(--bad-soft);color:var(--bad)}
.status.live{background:var(--live-soft);color:var(--blue)}
.status.dim{background:var(--line)}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin:20px 0 0;padding:0}
.tiles div,figure,.card{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tiles div{padding:12px 14px;min-width:0}
.tiles dt{color:var(--dim);font-size:.82rem}
.tiles dd{margin:0}
.tiles .value{font-size:1.45rem;line-height:1.35;font-weight:600;font-variant-numeric:tabular-nums}
.tiles .remark{color:var(--dim);font-size:.82rem;min-height:1.5em}
.figures{display:grid;grid-template-columns:1fr 1fr;gap:12px}
figure{display:flex;flex-direction:column;margin:0;padding:14px 16px 12px;min-width:0}
figcaption{margin:0 0 8px}
figcaption p{margin:0;color:var(--dim);font-size:.86rem}
.none{flex:1;display:grid;place-items:center;min-height:150px;margin:0;color:var(--dim);text-align:center}
svg{display:block;width:100%;height:auto}
svg text{font-size:11px;fill:var(--dim);font-variant-numeric:tabular-nums}
svg text.note{font-size:10.5px}
svg text.number{fill:var(--ink)}
.grid{stroke:var(--line)}.tick,.mark{stroke:var(--dim)}.mark{stroke-dasharray:2 4;opacity:.6}
.level{stroke:var(--dim);stroke-dasharray:5 4}
.blue-line,.bad-line{fill:none;stroke-width:2;stroke-linejoin:round}
.blue-line{stroke:var(--blue)}.bad-line{stroke:var(--bad)}
.blue-area{fill:var(--blue-soft)}.bad-area{fill:var(--bad-soft)}
.blue-fill{fill:var(--blue)}.bad-fill{fill:var(--bad)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:8px 12px;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--dim);font-weight:500;font-size:.82rem;white-space:nowrap}
.right{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.nowrap{white-space:nowrap}
.long{overflow-wrap:anywhere;min-width:13rem}
.red{color:var(--bad);font-weight:600}
code{font:.86rem ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere;
background:var(--bg);border:1px solid var(--line);border-radius:5px;padding:1px 5px}
.card+.card{margin-top:12px}
.reasons{margin:10px 0 0;padding-left:18px;color:var(--dim);font-size:.9rem}
.card{padding:14px 16px}
.card p:last-child{margin:0}
.card.scroll{padding:4px 4px}
details{margin-top:12px}
summary{cursor:pointer;padding:4px 0}
footer{margin-top:40px;color:var(--dim);font-size:.82rem}
@media (max-width:820px){.tiles{grid-template-columns:1fr 1fr}.figures{grid-template-columns:1fr}}
@media (max-width:480px){main{padding:20px 12px 36px}h1{font-size:1.3rem}
.tiles{gap:8px}.tiles div{padding:10px 12px}.tiles .value{font-size:1.15rem}
figure{padding:12px 10px}th,td{padding:7px 9px}}
@media (max-width:640px){.stack thead{display:none}.stack,.stack tbody,.stack tr,.stack td
{display:block;width:100%}.stack tr{padding:10px 4px;border-top:1px solid var(--line)}
.stack tr:first-child{border:0}.stack td{padding:2px 8px;border:0;text-align:left}
.stack td:first-child{font-weight:600}.stack td::before{content:attr(data-label);color:var(--dim);
font-size:.82rem;display:block}.stack td:first-child::before{display:none}}
@media print{body{background:#fff}figure,tr{break-inside:avoid}}
""".strip()
