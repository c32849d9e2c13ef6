// `make stack-trace FUNCTION=capture-payment < trace.txt`: prints the stack trace of a function
// with our own files and lines. Bundles are minified, and the same commit always makes the same
// bundle.

import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { sourcesOf } from "./build/bundle.ts";

const name = process.env.FUNCTION;
if (!name) {
  console.error("say which function it is of: make stack-trace FUNCTION=capture-payment < trace.txt");
  process.exit(1);
}
const inSources = await sourcesOf(dirname(import.meta.dirname), name);
process.stdout.write(inSources(await text(process.stdin)));
