# The public door: who issues tokens, which browsers may call, how much is let in.

variable "jwt_issuer" {
  description = "Issuer (`iss`) of the bearer tokens; its OpenID configuration is read below this URL."
  type        = string

  validation {
    condition     = startswith(var.jwt_issuer, "https://")
    error_message = "API Gateway reads the issuer's keys by https only."
  }
}

variable "jwt_audience" {
  description = "Audiences of which a token must carry one, as `aud` or else as `client_id`."
  type        = list(string)

  validation {
    condition     = length(var.jwt_audience) > 0
    error_message = "Without an audience every token of the issuer would be accepted."
  }
}

variable "scope_prefix" {
  description = "What the issuer puts before a scope's name; Cognito puts its resource server's identifier and a slash."
  type        = string
  default     = "contra/"
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

variable "throttle" {
  description = "Requests per second that each route lets in, and how many at once above that rate."
  type = object({
    rate_per_second = number
    burst           = number
  })
  # A cell accepts 300 payments a second on default quotas; reads and polls come on top.
  default = {
    rate_per_second = 1000
    burst           = 2000
  }

  validation {
    condition     = var.throttle.rate_per_second > 0 && var.throttle.burst >= var.throttle.rate_per_second
    error_message = "The rate must be above 0, and the burst at least the rate."
  }
}
