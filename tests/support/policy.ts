// The rules that tests run under unless they say otherwise.
export { DEFAULT_POLICY as POLICY } from "../../functions/lib/domain/policy.ts";
