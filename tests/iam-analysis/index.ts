// Who may do what in AWS: what the code asks for, what the manifest declares and what Terraform's
// plan grants, each compared with the other two. This is the one door: nobody else imports the
// inner files, and tests/contracts/architecture.test.ts holds that.
export { compare } from "./access.ts";
export { NeedUnknown } from "./commands.ts";
export { needsOf } from "./needs.ts";
export { pageOf, terminalTable } from "./page.ts";
export { policiesIn, type Statement } from "./policies.ts";
export { type Facts, factsOf, type Review, reviewOf } from "./review.ts";
export { Compiler } from "./sources.ts";
