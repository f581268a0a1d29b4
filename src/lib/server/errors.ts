/**
 * Operating faults: a broker, a store or a disk that does not do its part. Each is translated into an
 * `AppError` once, at the edge of the client that met it. Bad data is never an `AppError`: it is a value.
 * Every code has a paragraph in docs/errors.md.
 */
export type ErrorCode =
  | 'STORE_UNAVAILABLE'
  | 'STORE_REFUSED'
  | 'DISK_FULL'
  | 'DISK_FAILING'
  | 'BROKER_UNAVAILABLE'
  | 'BROKER_REFUSED'
  | 'PORT_IN_USE'
  | 'CONFIG_INVALID'
  | 'REGISTRY_INVALID'
  | 'CORRECTION_INVALID'
  | 'FUEL_RECORD_INVALID'
  | 'NOTE_INVALID'
  | 'CREDENTIAL_INVALID'
  | 'PROFILE_INVALID';

export class AppError extends Error {
  readonly code: ErrorCode;
  /** whether the same call may succeed later without anybody's help */
  readonly retryable: boolean;
  /** what the other side asked us to wait, when it did */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { retryable: boolean; retryAfterMs?: number; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether one of our own files could not be written: no room, or the disk itself fails. */
export function isDiskFault(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === 'DISK_FULL' || error.code === 'DISK_FAILING');
}
