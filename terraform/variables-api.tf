# The public door: who issues tokens, which browsers may call, how much is let in.

variable "jwt_issuer" {
  description = "Issuer (`iss`) of the bearer tokens, whose OpenID configuration is read below this URL; null makes a Cognito pool of our own."
  type        = string
  default     = null

  validation {
    condition     = var.jwt_issuer == null || startswith(coalesce(var.jwt_issuer, "-"), "https://")
    error_message = "API Gateway reads the issuer's keys by https only."
  }

  # An apply would end half-way: API Gateway reads the issuer's configuration when it is told of it.
  validation {
    condition     = var.environment != "prod" || !can(regex("^https://[^/]+\\.example(/.*)?$", coalesce(var.jwt_issuer, "-")))
    error_message = "`jwt_issuer` is still the placeholder of the committed settings: put your issuer's own address into environments/${terraform.workspace}.tfvars, and its audience beside it."
  }
}

variable "jwt_audience" {
  description = "Audiences of which a token of `jwt_issuer` must carry one, as `aud` or else as `client_id`."
  type        = list(string)
  default     = []

  validation {
    condition     = (var.jwt_issuer != null) == (length(var.jwt_audience) > 0)
    error_message = "Without an audience every token of the issuer would be accepted; a pool of our own is its clients' audience by itself."
  }
}

variable "merchants" {
  description = "Merchants with a client in our own pool."
  type        = set(string)
  default     = ["first"]

  validation {
    condition     = length(var.merchants) < local.limits["authorizer-audiences"].most && alltrue([for merchant in var.merchants : can(regex("^[a-z0-9-]{1,64}$", merchant))])
    error_message = "An authorizer of API Gateway knows ${local.limits["authorizer-audiences"].most} audiences, and operators need some of them; more merchants need an issuer with one audience for all."
  }
}

variable "operators" {
  description = "Operators with a client in our own pool, by a short name: who each of them is. What they do is written down by their client."
  type        = map(string)
  default     = { first = "The first operator. Name each person here." }

  validation {
    condition     = length(var.operators) > 0 && alltrue([for operator in keys(var.operators) : can(regex("^[a-z0-9-]{1,64}$", operator))])
    error_message = "Somebody operates, by a name of lower case, digits and dashes."
  }

  validation {
    condition     = alltrue([for who in values(var.operators) : length(trimspace(who)) > 0]) && length(distinct(values(var.operators))) == length(var.operators)
    error_message = "Say who each operator is: a client belongs to one person."
  }
}

variable "scope_prefix" {
  description = "What the issuer puts before a scope's name; Cognito puts its resource server's identifier and a slash."
  type        = string
  default     = "contra/"
  nullable    = false

  validation {
    condition     = var.jwt_issuer != null || can(regex("^[^[:space:]]+/$", var.scope_prefix))
    error_message = "Our own pool puts its resource server and a slash before every scope: `contra/`."
  }
}

variable "cors_allow_origins" {
  description = "Origins whose browsers may call the API; empty means that no browser is answered."
  type        = list(string)
  default     = []

  validation {
    condition     = !contains(var.cors_allow_origins, "*")
    error_message = "Name the origins: with `*` every page that holds a token could spend it."
  }
}

variable "api_domain" {
  description = "Name by which clients reach the API, and either the hosted zone that it lies in (certificate and records are made there) or a certificate that is there already; null leaves AWS's name."
  type = object({
    name            = string
    hosted_zone_id  = optional(string)
    certificate_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.api_domain == null || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.api_domain.name))
    error_message = "The domain is a host name in lower case, such as api.example.com."
  }

  validation {
    condition     = var.api_domain == null || (try(var.api_domain.hosted_zone_id, null) == null) != (try(var.api_domain.certificate_arn, null) == null)
    error_message = "Name the hosted zone, or a certificate of this Region that is valid for the domain: one of the two."
  }
}

locals {
  # Of every route, the sandbox's too: production's settings name the same classes as all others.
  throttle_classes = toset(flatten([for function in local.manifest.functions : try(function.routes, [])[*].throttle]))
}

variable "throttles" {
  description = "Requests per second that a route lets in, and how many at once above that rate: `writes` of merchants, their `reads`, `ops`, the providers' `webhooks`, and `open` routes."
  type = map(object({
    rate_per_second = number
    burst           = number
  }))
  # A cell accepts 240 payments a second on default quotas, each with two webhooks and some three
  # polls; retries come on top.
  default = {
    writes   = { rate_per_second = 600, burst = 1200 }
    reads    = { rate_per_second = 1500, burst = 3000 }
    ops      = { rate_per_second = 20, burst = 40 }
    webhooks = { rate_per_second = 1000, burst = 2000 }
    open     = { rate_per_second = 300, burst = 600 }
  }

  validation {
    condition     = alltrue([for throttle in values(var.throttles) : throttle.rate_per_second > 0 && throttle.burst >= throttle.rate_per_second])
    error_message = "Every rate must be above 0, and its burst at least the rate."
  }

  validation {
    condition     = toset(keys(var.throttles)) == local.throttle_classes
    error_message = "The classes of routes are ${join(", ", local.throttle_classes)}: each needs a rate, and there are no others."
  }
}
