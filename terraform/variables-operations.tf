# How the stack is watched and deployed: from where on somebody is called and who, and how traffic
# moves to a new version.

variable "alarm_thresholds" {
  description = "What each kind of alarm tolerates; percentages within five minutes, everything else as the name says."
  type = object({
    function_error_percent = optional(number, 5)
    api_error_percent      = optional(number, 1)
    api_latency_ms         = optional(number, 3000)
    queue_age_seconds      = optional(number, 300)
    iterator_age_seconds   = optional(number, 120)
    open_seconds           = optional(number, 600)
    unfolded_seconds       = optional(number, 60)
    parked_minutes         = optional(number, 15)
    saga_seconds           = optional(number, 60)
    transit_seconds        = optional(number, 1800)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for threshold in values(var.alarm_thresholds) : threshold > 0])
    error_message = "Every threshold must be above 0."
  }

  validation {
    condition     = var.alarm_thresholds.function_error_percent <= 5
    error_message = "More than 5 % of errors are never tolerated."
  }
}

variable "footprint" {
  description = "What watches the stack: `full`, or `small` for one that nobody relies on: the alarms that page, one key, neither dashboard nor metrics that no alarm reads. Chosen at the first apply."
  type        = string
  default     = "full"
  nullable    = false

  validation {
    condition     = contains(["full", "small"], var.footprint)
    error_message = "The footprint must be full or small."
  }

  validation {
    condition     = var.footprint == "full" || var.environment != "prod"
    error_message = "Production is watched in full."
  }

  validation {
    condition     = var.footprint == "full" || var.canary_minutes == 0
    error_message = "A canary is judged by alarms that a small footprint does not make: set canary_minutes = 0."
  }
}

variable "alarm_subscriptions" {
  description = "Who hears of pages and of tickets: SNS subscriptions, such as `{ protocol = \"email\", endpoint = \"ops@example.com\" }`."
  type = object({
    pages   = optional(list(object({ protocol = string, endpoint = string })), [])
    tickets = optional(list(object({ protocol = string, endpoint = string })), [])
  })
  default  = {}
  nullable = false
}

variable "monthly_budget_usd" {
  description = "Dollars a month from where on people are told, by the e-mail addresses of `alarm_subscriptions`; null is no budget."
  type        = number
  default     = null

  validation {
    condition     = var.monthly_budget_usd == null || coalesce(var.monthly_budget_usd, 1) > 0
    error_message = "A budget is above 0."
  }
}

variable "runbook_url" {
  description = "Where people read docs/runbook.md; alarms link to its headings."
  type        = string
  default     = "docs/runbook.md"
}

variable "saved_queries" {
  description = "Whether the queries over the logs are saved; not every endpoint that stands in for AWS can keep them."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary" {
  description = "Name of the managed policy that bounds every role made here; terraform/bootstrap makes `contra-boundary-<workspace>`, and its roles make none without it. null is no boundary."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary != null || var.environment == "dev"
    error_message = "Roles are bounded: name the policy, as contra-boundary-<workspace> of terraform/bootstrap."
  }
}

variable "recursion_config" {
  description = "Whether Lambda is told which functions put messages back on purpose; not every endpoint that stands in for AWS can hear it."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = var.recursion_config || var.environment == "dev"
    error_message = "Lambda would lay aside what waits in a queue on purpose."
  }
}

variable "canary_minutes" {
  description = "Minutes in which a tenth of the traffic tries new versions before the rest follows; 0 moves all of it at once."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = contains([0, 5, 10, 15, 30], var.canary_minutes)
    error_message = "CodeDeploy has canaries of 5, 10, 15 and 30 minutes; 0 is none."
  }

  validation {
    condition     = var.environment != "prod" || var.canary_minutes > 0
    error_message = "Production's traffic is never moved at once."
  }
}
