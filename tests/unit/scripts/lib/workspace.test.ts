// Which workspaces scripts work in: the laptop's, and those with settings.
import { describe, expect, it } from "@jest/globals";
import { assertWorkspace } from "../../../../scripts/lib/workspace.ts";

describe("a workspace", () => {
  it.each(["local", "dev", "prod-cell-1"])("%s is one", (name) => {
    expect(() => assertWorkspace(name)).not.toThrow();
  });

  it.each(["nope", "Dev", "../environments/dev", "constructor"])("%s is none", (name) => {
    expect(() => assertWorkspace(name)).toThrow(`no workspace is called ${name}`);
  });
});
