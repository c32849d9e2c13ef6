// What the steps of e2e share: the cloud, the copy of the root that is applied to it, and the
// workspaces that stand in it.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { allItems } from "../../proofs/lib/table-items.ts";
import { AppliedClient } from "./applied-client.ts";
import { awsEnvironment, type Cloud } from "./cloud.ts";
import { Control } from "./control.ts";
import type { ClientConfig } from "./inventory.ts";
import { AUDIENCE, ISSUER, type Issuer } from "./issuer.ts";
import { Root } from "./root.ts";
import { appliedSandbox, LaptopSandbox, type Sandbox } from "./sandbox.ts";
import type { Settings } from "./settings.ts";

/** Both ways to watch a stack, one in each workspace. */
const FOOTPRINTS = ["full", "small"] as const;

/** One Terraform workspace, applied or about to be. */
export type Workspace = {
  name: string;
  /** What stands before the name of everything in it. */
  prefix: string;
  footprint: (typeof FOOTPRINTS)[number];
  client: AppliedClient;
};

export class World {
  readonly settings: Settings;
  readonly cloud: Cloud;
  readonly issuer: Issuer;
  readonly control: Control;
  readonly root: Root;
  readonly workspaces: Workspace[] = [];
  private readonly sandboxes: Sandbox[] = [];

  constructor(settings: Settings, cloud: Cloud, issuer: Issuer) {
    this.settings = settings;
    this.cloud = cloud;
    this.issuer = issuer;
    this.control = new Control(cloud.endpoint);
    const { endpoint, pluginDirectory } = settings;
    this.root = new Root(awsEnvironment(cloud.endpoint, endpoint !== undefined, pluginDirectory));
    // It is reached without TLS, and does not read the condition of the rule that forbids it.
    this.root.edit("terraform/functions.tf", "s3:*", "s3:PutBucketWebsite");
    // Its list of an object's versions breaks while others are deleted.
    const versioning = /(versioning_configuration \{\s+status = )"Enabled"/;
    this.root.edit("terraform/functions.tf", versioning, '$1"Disabled"');
  }

  /** Sets everything that Terraform needs before it applies. */
  async prepare(): Promise<void> {
    for (const [index, name] of this.settings.workspaces.entries()) {
      const footprint = FOOTPRINTS[index] ?? "full";
      const api = `${this.cloud.endpoint}/_api/${name}-http`;
      // The suite's proofs count what a laptop's sandbox counts; whoever comes after the first is
      // given no provider.
      const own = `${this.cloud.endpoint}/_api/${name}-sandbox`;
      const sandbox = index === 0 ? await LaptopSandbox.start(api) : appliedSandbox(own, name, this.aws);
      this.sandboxes.push(sandbox);
      this.root.configure(name, {
        jwt_issuer: ISSUER,
        jwt_audience: [AUDIENCE],
        provider_url: sandbox.url,
        // As a laptop's sandbox knows them; a stack's own knows what AWS made.
        public_credentials: index === 0,
        api_url: api,
        // Of an account's bootstrap, which an emulator has not had.
        permissions_boundary: null,
        // The emulator knows none of these.
        monthly_budget_usd: null,
        saved_queries: false,
        recursion_config: false,
        footprint,
      });
      const { issuer, control } = this;
      const items = () => allItems(new DynamoDBClient(this.aws), `${name}-`);
      const client = new AppliedClient(api, { issuer, control, sandbox, items });
      this.workspaces.push({ name, prefix: `${name}-`, footprint, client });
    }
    await this.root.init(this.settings.workspaces);
  }

  /** The workspace that the suite runs against. */
  get first(): Workspace {
    const [first] = this.workspaces;
    if (!first) throw new Error("no workspace is prepared");
    return first;
  }

  /** The workspace whose provider is its own sandbox. */
  get withOwnSandbox(): Workspace {
    const last = this.workspaces.at(-1);
    if (!last || last === this.first) throw new Error("no second workspace is prepared");
    return last;
  }

  /** For the SDK's clients. */
  get aws(): ClientConfig {
    const { AWS_REGION = "", AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = this.root.env;
    return {
      endpoint: this.cloud.endpoint,
      region: AWS_REGION,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    };
  }

  async remove(): Promise<void> {
    await Promise.all(this.sandboxes.map((sandbox) => sandbox.stop()));
    this.root.remove();
  }
}
