// The shape of the precompiled validators: one function per schema, named by the schema's title.
import type { ErrorObject } from "ajv";

type Validator = ((value: unknown) => boolean) & { errors?: ErrorObject[] | null };
declare const validators: Record<string, Validator | undefined>;
export = validators;
