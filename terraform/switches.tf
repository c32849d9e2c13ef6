# Kill switches: parameters that a person turns while the system runs (docs/runbook.md). Terraform
# makes them, off, and never again touches their value: a deploy in the middle of an incident must
# not turn intake back on.

locals {
  # The functions compose the same path from their prefix.
  switch_path = "/${local.prefix}switches"
}

resource "aws_ssm_parameter" "switch" {
  for_each = local.switches

  name            = "${local.switch_path}/${each.key}"
  description     = each.value.description
  type            = "String"
  value           = "off"
  allowed_pattern = "^(on|off)$"

  lifecycle {
    ignore_changes = [value]
  }
}
