"""The log, and OpenTelemetry."""
