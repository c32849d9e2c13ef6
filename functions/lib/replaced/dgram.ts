// In place of Node's dgram, which the X-Ray SDK loads at once and uses for an invocation that is
// sampled. Most environments never see one.
export const createSocket = (...given: unknown[]): unknown => {
  const { createSocket: create } = process.getBuiltinModule("node:dgram") as never as {
    createSocket: (...given: unknown[]) => unknown;
  };
  return create(...given);
};
