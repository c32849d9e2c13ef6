// Distinguishes a path that does not exist from a method that the path does not know.
import { MethodNotAllowed, NotFound } from "../lib/errors/registry.ts";

/** Always throws: NotFound, or MethodNotAllowed naming the methods that exist. */
export const refuseRoute =
  (methodsOf: (path: string) => string[]) =>
  (path: string): never => {
    const methods = methodsOf(path);
    if (methods.length === 0) throw new NotFound("there is no such route");
    const allow = methods.join(", ");
    throw new MethodNotAllowed(`this path knows ${allow}`, [], { allow });
  };
