# Which account, whose repository, and which workspaces live here.

variable "region" {
  description = "AWS region of the state's bucket and of the workspaces, e.g. `us-east-1`."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "The region must look like `us-east-1`."
  }
}

variable "repository" {
  description = "The GitHub repository whose workflows may deploy, as the subject of its tokens names it: `owner@id/name@id`, or `owner/name` of one from before July 2026; null where none may."
  type        = string
  default     = null

  validation {
    condition     = var.repository == null || can(regex("^([A-Za-z0-9-]+/[A-Za-z0-9._-]+|[A-Za-z0-9-]+@[0-9]+/[A-Za-z0-9._-]+@[0-9]+)$", var.repository))
    error_message = "One repository, written owner/name or owner@id/name@id: a wildcard would let others deploy."
  }
}

variable "github_provider_arn" {
  description = "The account's identity provider for GitHub where there is one already, of another project or another Region; null makes it."
  type        = string
  default     = null

  validation {
    condition     = var.github_provider_arn == null || can(regex("^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/token\\.actions\\.githubusercontent\\.com$", var.github_provider_arn))
    error_message = "The provider is GitHub's: arn:aws:iam::<account>:oidc-provider/token.actions.githubusercontent.com."
  }
}

variable "hosted_zone_id" {
  description = "The zone of Route 53 in which deploys write the records of `api_domain`: all of it is in their reach, so give them one of its own, such as pay.example.com; null is none."
  type        = string
  default     = null

  validation {
    condition     = var.hosted_zone_id == null || can(regex("^Z[A-Z0-9]{1,31}$", var.hosted_zone_id))
    error_message = "A zone's id begins with Z: `aws route53 list-hosted-zones` prints it behind /hostedzone/."
  }
}

variable "workspaces" {
  description = "The workspaces of this account: each gets a role that deploys it and one that plans it, and no other."
  type        = set(string)

  validation {
    condition     = length(var.workspaces) > 0 && alltrue([for name in var.workspaces : can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", name))])
    error_message = "Name at least one workspace, in kebab-case."
  }

  # Names begin with the workspace's: a role for `prod` would reach all of `prod-cell-1`.
  validation {
    condition     = alltrue(flatten([for one in var.workspaces : [for other in var.workspaces : one == other || !startswith(other, "${one}-")]]))
    error_message = "No workspace's name may begin with another's and a dash."
  }

  # The names of GitHub's own roles begin so: a workspace of this name could write their policies.
  validation {
    condition     = alltrue([for name in var.workspaces : name != "contra" && !startswith(name, "contra-")])
    error_message = "A workspace is not called contra: a deploy could rewrite its own role."
  }
}
