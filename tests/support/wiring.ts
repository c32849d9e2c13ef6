// Stands in for functions/lib/wiring.ts in the test of a handler: its members are a test's own,
// built already.

/** `others` are the exports that are no members. */
export const wiringOf = (ports: object, others: object = {}) => ({
  ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, () => port])),
  ...others,
  wired: (members: Record<string, () => unknown>) =>
    Object.fromEntries(Object.entries(members).map(([name, member]) => [name, member()])),
});
