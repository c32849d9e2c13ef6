// `make currencies`: fails when the list of currencies is older than a year. `--warn` only says so,
// for `make test`.
import { ageInDays, complaintAbout } from "./lib/currency-list.ts";

const complaint = complaintAbout(Date.now());
const isWarning = process.argv.includes("--warn");
if (complaint) {
  console.error(`${isWarning ? "warning: " : ""}${complaint}`);
  if (!isWarning) process.exitCode = 1;
} else if (!isWarning) console.log(`the list of currencies is ${ageInDays(Date.now())} days old`);
