# How a deploy moves traffic from one version to the next.

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
