// An operator as a function knows one: by the token, and by the request.
import type { Operator } from "../../functions/lib/domain/operation.ts";

export const operatorNamed = (subject: string, requestId = "request-1"): Operator => ({ subject, requestId });
