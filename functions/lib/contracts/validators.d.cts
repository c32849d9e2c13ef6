// The shape of what is generated from the schemas: one precompiled validator for each, named by the
// schema's title, and the words of the rules that have some (sentences.ts).
import type { ErrorObject } from "ajv";

type Validator = ((value: unknown) => boolean) & { errors?: ErrorObject[] | null };
declare const generated: {
  validators: Record<string, Validator | undefined>;
  sentences: Record<string, string>;
};
export = generated;
