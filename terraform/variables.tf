# Where this stack is built, what it keeps and how much it allows. Everything that differs between
# two environments is a variable, here or in variables-*.tf, and environments/<workspace>.tfvars
# sets it. Everything that does not differ is in the manifest.

variable "region" {
  description = "AWS region of the stack, e.g. `us-east-1`."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "The region must look like `us-east-1`."
  }

  # The longest name that a workspace is part of, with the account's twelve digits: an apply would
  # end half-way.
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{2,62}$", "${terraform.workspace}-code-000000000000-${var.region}"))
    error_message = "A workspace's name is part of a bucket's, of 63 lower-case letters, digits and dashes: with `us-east-1` it may have 35."
  }
}

variable "environment" {
  description = "Kind of environment (`dev`, `staging`, `prod`). A workspace is one instance of it: `dev`, `prod-cell-1`."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "The environment must be dev, staging or prod."
  }

  # The settings of one environment applied in the workspace of another would rewrite it in place.
  validation {
    condition     = startswith(terraform.workspace, "prod") == (var.environment == "prod")
    error_message = "Production's settings belong in a workspace whose name begins with `prod`, and no others do."
  }
}

variable "build_directory" {
  description = "Directory of the functions' zips, one `<function>.zip` each, relative to this root."
  type        = string
  default     = "../dist/functions"
}

variable "log_retention_days" {
  description = "Days that every log group keeps its lines."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653], var.log_retention_days)
    error_message = "CloudWatch Logs accepts 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827 or 3653 days."
  }
}

variable "deletion_protection" {
  description = "Whether tables refuse to be deleted. Only an environment whose money is not real may set it to false."
  type        = bool
  default     = true

  validation {
    condition     = var.deletion_protection || var.environment != "prod"
    error_message = "Production's tables are always protected from deletion."
  }
}

variable "recovery_days" {
  description = "Days back to which a table can be restored, to the second."
  type        = number
  default     = 35

  validation {
    condition     = var.recovery_days >= 1 && var.recovery_days <= 35 && (var.environment != "prod" || var.recovery_days == 35)
    error_message = "DynamoDB keeps 1 to 35 days; production keeps them all."
  }
}

variable "backup_days" {
  description = "Days that a weekly backup of every table is kept, each a whole copy, beside `recovery_days` of restores to the second; 0 makes none."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.backup_days == 0 || (var.backup_days >= 7 && var.backup_days <= 36500)
    error_message = "A backup is kept for 7 days at least, or none is made."
  }
}

variable "backup_lock" {
  description = "Whether the backups' vault is locked in governance mode: no backup is deleted before its days are over. For production only."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.backup_lock || (var.environment == "prod" && var.backup_days > 0)
    error_message = "Only production locks its vault, and only one that it has: elsewhere a workspace could not be destroyed."
  }
}

variable "archive_days" {
  description = "Days that the bus keeps events for replay."
  type        = number
  default     = 30

  validation {
    condition     = var.archive_days >= 1
    error_message = "EventBridge takes 0 for ever; the tables keep events for ever, and an archive need not."
  }
}

variable "provider_url" {
  description = "Base URL of the payment provider, without a slash at its end; null where the sandbox provider of this stack is the one."
  type        = string
  default     = null

  validation {
    condition     = var.provider_url != null || var.environment != "prod"
    error_message = "Production has no sandbox: name its payment provider."
  }

  validation {
    condition     = var.environment != "prod" || !can(regex("^https://[^/]+\\.example(/.*)?$", coalesce(var.provider_url, "-")))
    error_message = "`provider_url` is still the placeholder of the committed settings: put the payment provider's own address into environments/${terraform.workspace}.tfvars."
  }

  validation {
    condition     = var.provider_url == null || can(regex("^https://[^/]+(/.*[^/])?$", var.provider_url)) || (var.environment == "dev" && can(regex("^http://127\\.0\\.0\\.1:[0-9]+(/.*[^/])?$", var.provider_url)))
    error_message = "The provider is reached by https; a dev environment may also use http on 127.0.0.1."
  }
}

variable "public_credentials" {
  description = "Whether the provider is called with the credentials that the manifest spells out, as a laptop's sandbox knows them. Anybody can then call a sandbox of this stack, and sign webhooks as it does."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.public_credentials || var.environment == "dev"
    error_message = "What everybody knows protects nothing: only a dev environment may use it."
  }
}

variable "api_url" {
  description = "Base URL by which others reach the HTTP API, without a slash at its end; null where that is its own endpoint."
  type        = string
  default     = null

  validation {
    condition     = var.api_url == null || can(regex("^https://[^/]+(/.*[^/])?$", var.api_url)) || (var.environment == "dev" && can(regex("^http://127\\.0\\.0\\.1:[0-9]+(/.*[^/])?$", var.api_url)))
    error_message = "The API is reached by https; a dev environment may also use http on 127.0.0.1."
  }
}

locals {
  # What AWS takes at most: tests/plan measures a plan by the same file.
  limits = jsondecode(file("${path.module}/aws-limits.json"))

  policy_rules = jsondecode(file("${path.module}/../schemas/internal/policy.json")).properties

  # How a rule's value begins and ends as JSON, by the type that the schema gives it.
  json_forms = { boolean = "^(true|false)$", integer = "^-?[0-9]+$", object = "^{" }
}

variable "policy" {
  description = "JSON of the payment rules (limits, fees, rails) that the functions apply, as schemas/internal/policy.json has them; null leaves them their own."
  type        = string
  default     = null

  # A function judges every value when it starts, and ends there. What it could not even read is
  # refused here.
  validation {
    condition = var.policy == null || try(can(keys(jsondecode(var.policy))) && alltrue([
      for rule, value in jsondecode(var.policy) : contains(keys(local.policy_rules), rule)
      && can(regex(local.json_forms[local.policy_rules[rule].type], jsonencode(value)))
      && length(setsubtract(try(keys(value), []), try(keys(local.policy_rules[rule].properties), keys(value), []))) == 0
      && length(setsubtract(try(local.policy_rules[rule].required, []), try(keys(value), []))) == 0
    ]), false)
    error_message = "The policy must be a JSON object of rules as schemas/internal/policy.json has them: each whole, of its type, and no others."
  }

  # Half a kilobyte is for the other variables. A character of base64 is three quarters of a byte.
  validation {
    condition     = try(length(base64encode(coalesce(var.policy, "-"))) * 3 / 4, 0) <= local.limits["function-environment"].most - 512
    error_message = "The policy is part of every function's environment, and that has ${local.limits["function-environment"].most} bytes."
  }
}

# How much of each thing an environment keeps ready or allows. Keys are the manifest's names.

variable "concurrency" {
  description = "By function: environments kept for it and allowed to it at most (`reserved`), and kept warm (`provisioned`)."
  type = map(object({
    reserved    = optional(number)
    provisioned = optional(number)
  }))
  default = {}

  validation {
    condition = alltrue([
      for setting in values(var.concurrency) :
      coalesce(setting.reserved, 1) >= 1 && coalesce(setting.provisioned, 1) >= 1
      && (setting.reserved == null || setting.provisioned == null || coalesce(setting.provisioned, 0) <= coalesce(setting.reserved, 0))
    ])
    error_message = "Both are at least 1 (a reserved 0 would turn the function off), and no more is kept warm than is allowed."
  }

  # A setting that nobody obeys.
  validation {
    condition     = length(setsubtract(keys(var.concurrency), keys(local.functions))) == 0
    error_message = "The manifest has no function of this name."
  }
}

variable "consumers" {
  description = "By function that a queue feeds: how many of it run at once, at most (2 to 1000)."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for most in values(var.consumers) : most >= 2 && most <= 1000])
    error_message = "Lambda takes 2 to 1000."
  }

  validation {
    condition     = length(setsubtract(keys(var.consumers), keys(local.consumers))) == 0
    error_message = "No queue feeds a function of this name."
  }
}
