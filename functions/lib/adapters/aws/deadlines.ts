// Deadlines of SDK calls. Without `throwOnRequestTimeout` the SDK only logs that a call is late, and goes on waiting.

/** Request handler options that end a call after `milliseconds` without an answer; connecting gets a second. */
export const deadline = (milliseconds: number) => ({
  connectionTimeout: 1_000,
  requestTimeout: milliseconds,
  throwOnRequestTimeout: true,
});
