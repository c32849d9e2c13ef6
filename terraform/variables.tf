# Where and for whom this stack is built. Everything that differs between two environments is here or in
# variables-api.tf, and is set in environments/<workspace>.tfvars; everything that does not is in the manifest.

variable "region" {
  description = "AWS region of the stack, e.g. `us-east-1`."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "The region must look like `us-east-1`."
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

variable "provider_url" {
  description = "Base URL of the payment provider, without a slash at its end."
  type        = string

  validation {
    condition     = can(regex("^https://[^/]+(/.*[^/])?$", var.provider_url)) || (var.environment == "dev" && can(regex("^http://127\\.0\\.0\\.1:[0-9]+$", var.provider_url)))
    error_message = "The provider is reached by https; a dev environment may also use http on 127.0.0.1."
  }
}

variable "provider_key" {
  description = "The bearer key that the payment provider knows us by."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = length(var.provider_key) >= 7
    error_message = "The provider's key is missing."
  }
}

variable "provider_webhook_secret" {
  description = "What the payment provider signs its webhooks with: `whsec_` and base64; two, with a space between, while they rotate."
  type        = string
  sensitive   = true

  validation {
    condition     = can(regex("^whsec_[A-Za-z0-9+/]+=*( whsec_[A-Za-z0-9+/]+=*)?$", var.provider_webhook_secret))
    error_message = "The secret must look like `whsec_` and base64, once or, while it rotates, twice."
  }
}

variable "policy" {
  description = "JSON of the payment rules (merchants, limits, rails) that the functions apply; null leaves them their own."
  type        = string
  default     = null

  validation {
    condition     = var.policy == null || can(keys(jsondecode(var.policy)))
    error_message = "The policy must be a JSON object."
  }
}
