// Deadlines of SDK calls. Without `throwOnRequestTimeout` the SDK logs a late call and waits on.

/** A call ends after `milliseconds` without an answer. Connecting gets a second. */
export const deadline = (milliseconds: number) => ({
  connectionTimeout: 1_000,
  requestTimeout: milliseconds,
  throwOnRequestTimeout: true,
});
