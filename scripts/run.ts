// `make run`: the whole of Contra on this machine, in the foreground. PORT (3000; 0 picks a free
// one) and CONTRA_HOME (.contra) choose where. With --with-parent it also ends when the process
// that started it ends. It bundles what has changed, and then becomes the bundled supervisor: the
// same process, with another program, and without the compiler of types that runs this one.
import { dirname } from "node:path";
import { bundleParts } from "./build/parts.ts";
import { FLAGS, THRIFTY } from "./local/supervisor/part-process.ts";
import { programOf } from "./local/supervisor/programs.ts";

const root = dirname(import.meta.dirname);
// Read at once: a parent that ends while this bundles is missed all the same.
const parent = process.argv.includes("--with-parent") ? [`--with-parent=${process.ppid}`] : [];

await bundleParts(root);
const program = [...FLAGS, programOf(root, "supervisor"), `--began=${performance.timeOrigin}`, ...parent];
if (!process.execve) throw new Error("this Node cannot become another program: use node_modules/.bin/node");
process.execve(process.execPath, [process.execPath, ...program], { ...process.env, ...THRIFTY });
