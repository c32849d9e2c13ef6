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
