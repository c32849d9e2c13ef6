# Where everything writes its lines: one group per function, machine and HTTP API. They all stand
# before the first writer does: else AWS makes one itself, which keeps its lines for ever and is
# encrypted with nobody's key.

locals {
  # AWS delivers logs below /aws/vendedlogs/ without a line per group in the account's one,
  # size-limited log policy.
  log_groups = merge(
    { for name in keys(local.functions) : "function/${name}" => "/aws/lambda/${local.prefix}${name}" },
    { for name in keys(local.machines) : "machine/${name}" => "/aws/vendedlogs/states/${local.prefix}${name}" },
    { for name in concat(["http"], local.has_sandbox ? ["sandbox"] : []) : "api/${name}" => "/aws/vendedlogs/http-api/${local.prefix}${name}" },
  )
}

resource "aws_cloudwatch_log_group" "group" {
  for_each = local.log_groups

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = local.keys["logs"].arn
}
