/**
 * How Node runs the worker: V8 compiles each function when it is first called instead of interpreting it for a while. A worker
 * that comes back to a full broker is at its speed sooner (docs/decisions/0007-ingest-speed.md). systemd unit, Dockerfile and
 * compose.yaml name it too.
 */
export const WORKER_NODE_FLAGS: readonly string[] = ['--always-sparkplug'];
