// Terraform in one root: what it prints is shown as it comes, and what fails ends the script.
import { spawnSync } from "node:child_process";

type Shown = { values?: { root_module: { resources?: { address: string }[] } } };

export type Terraform = {
  init(...args: string[]): void;
  run(command: string, args: string[]): void;
  /** The addresses of what the state holds. */
  resources(): string[];
  /** Undefined where nothing was applied, or what was had no such output. */
  output<Value>(name: string): Value | undefined;
};

export function terraformIn(root: string): Terraform {
  const call = (args: string[], stdout: "inherit" | "pipe"): string => {
    const done = spawnSync("terraform", [`-chdir=${root}`, ...args], {
      encoding: "utf8",
      stdio: ["inherit", stdout, "inherit"],
    });
    if (done.error) throw new Error(`terraform does not run: ${done.error.message}`);
    if (done.status !== 0) throw new Error(`terraform ${args[0]} failed`);
    return done.stdout ?? "";
  };
  const mirror = process.env.TF_PLUGIN_DIR ? [`-plugin-dir=${process.env.TF_PLUGIN_DIR}`] : [];
  return {
    init: (...args) => void call(["init", "-input=false", ...mirror, ...args], "pipe"),
    run: (command, args) => void call([command, ...args], "inherit"),
    resources: () => {
      const shown = JSON.parse(call(["show", "-json"], "pipe")) as Shown;
      return (shown.values?.root_module.resources ?? []).map(({ address }) => address);
    },
    output: (name) => {
      const outputs = JSON.parse(call(["output", "-json"], "pipe"));
      return outputs[name]?.value;
    },
  };
}
