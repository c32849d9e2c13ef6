// In place of what the SDK carries for operations that no function calls, and for platforms that
// are not Lambda. Whoever uses it all the same gets an error, and no wrong answer.
function leftOut(): never {
  throw new Error("the build left this part of the AWS SDK out: scripts/build/lean.ts");
}
class Unused {
  constructor() {
    leftOut();
  }
}

/** Operations that stream events. */
export const EventStreamSerde = Unused;
export const eventStreamSerdeProvider = undefined;
/** Hashes without node:crypto. */
export const Sha256Js = Unused;
export const Md5Js = Unused;
/** Addresses of DynamoDB's endpoint discovery. Each client makes one, and asks it nothing. */
export class EndpointCache {}
/** X-Ray's sampling of a server's requests. On Lambda the service samples. */
export const disableCentralizedSampling = (): void => undefined;
/** The SDK's own way to send. Each client is given ours: adapters/aws/request-handler.ts. */
export const NodeHttpHandler = {
  create: (given: unknown): unknown => (typeof given === "object" ? given : leftOut()),
};
export const streamCollector = leftOut;
