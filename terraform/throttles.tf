# How much each route lets in, by what it is for: a flood of reads must not keep payments out, nor an unsigned one anything. What is posted
# without a token is a provider's, and signed.

locals {
  route_throttles = {
    for name, route in local.routes : name => var.throttles[
      length(route.scopes) == 0 ? (startswith(name, "POST ") ? "webhooks" : "open") : contains(route.scopes, "${var.scope_prefix}ops") ? "ops" : startswith(name, "GET ") ? "reads" : "writes"
    ] if name != "$default"
  }
}
