# The kill switches: one per name of the manifest, off when they are made, below the one path that
# the functions read.

mock_provider "aws" {
  source = "./tests/aws"
}

run "switches_are_off_and_read_by_whoever_obeys_them" {
  command = plan

  # Switches are made off.

  assert {
    condition = (
      length(local.manifest.switches) > 0
      && keys(aws_ssm_parameter.switch) == keys(local.manifest.switches)
      && alltrue([for name, switch in aws_ssm_parameter.switch : switch.name == "/${terraform.workspace}-switches/${name}"])
      && alltrue([for switch in aws_ssm_parameter.switch : nonsensitive(switch.value) == "off" && switch.type == "String"])
    )
    error_message = "A switch is missing, misnamed, or on from the start."
  }

  assert {
    condition = alltrue([
      for switch in aws_ssm_parameter.switch :
      length(regexall(switch.allowed_pattern, "on")) == 1
      && length(regexall(switch.allowed_pattern, "off")) == 1
      && length(regexall(switch.allowed_pattern, "onn")) == 0
    ])
    error_message = "A switch takes another value than on and off, or not these."
  }

  # Switches are read by whoever obeys them and by nobody else.

  assert {
    condition = alltrue([
      for name, function in local.manifest.functions :
      join(" ", flatten([
        for statement in jsondecode(aws_iam_role_policy.function[name].policy).Statement : statement.Resource
        if anytrue([for action in statement.Action : startswith(action, "ssm:")])
        ])) == join(" ", flatten([
        for action in try(function.access.switches, []) : [
          "arn:aws:ssm:us-east-1:123456789012:parameter/${terraform.workspace}-switches",
          "arn:aws:ssm:us-east-1:123456789012:parameter/${terraform.workspace}-switches/*",
        ]
      ]))
    ])
    error_message = "A function reads parameters that it has no business with, or cannot read the switches."
  }
}
