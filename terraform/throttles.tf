# How much each route lets in, by what it is for: a flood of reads must not keep payments out, nor an unsigned one anything.

locals {
  route_throttles = {
    for name, route in local.routes : name => var.throttles[
      length(route.scopes) == 0 ? "open" : contains(route.scopes, "${var.scope_prefix}ops") ? "ops" : startswith(name, "GET ") ? "reads" : "writes"
    ] if name != "$default"
  }
}
