# The state machines: rendered whole, allowed to invoke exactly what they name, started through a
# published version.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "machines_are_rendered_published_and_invoke_what_they_name" {
  command = plan

  # Definitions are rendered.

  assert {
    condition = length(local.manifest.machines) > 0 && alltrue([
      for name in keys(local.manifest.machines) :
      length(regexall("\\$\\{", aws_sfn_state_machine.machine[name].definition)) == 0
    ])
    error_message = "A definition still has a substitution in it."
  }

  assert {
    condition = alltrue(flatten([
      for name, machine in aws_sfn_state_machine.machine : [
        for state in values(jsondecode(machine.definition).States) : can(regex("^arn:aws:lambda:.*:live$", state.Resource)) if state.Type == "Task"
      ]
    ]))
    error_message = "A task does not invoke a function through its live alias."
  }

  # Machines invoke exactly what their versions name.

  # Versions that may still run share the machine's role: see statemachines/named-functions.json.
  assert {
    condition = alltrue([
      for name, machine in aws_sfn_state_machine.machine :
      toset(one([for statement in jsondecode(aws_iam_role_policy.machine[name].policy).Statement : statement.Resource if contains(statement.Action, "lambda:InvokeFunction")]))
      == toset([
        for function in concat(
          flatten(regexall("functions\\.([a-z-]+)", file("../dist/statemachines/${name}.asl.json"))),
          [for earlier, day in jsondecode(file("../statemachines/named-functions.json"))[name] : earlier if day != "now" && can(local.manifest.functions[earlier])],
        ) : "arn:aws:lambda:us-east-1:123456789012:function:${terraform.workspace}-${function}:live"
      ])
    ])
    error_message = "A machine may invoke more or less than its versions name."
  }

  # Machines are published logged and traced.

  assert {
    condition = alltrue([
      for name, machine in aws_sfn_state_machine.machine :
      machine.publish && machine.type == "STANDARD"
      && aws_sfn_alias.live[name].name == "live"
      && aws_sfn_alias.live[name].routing_configuration[0].weight == 100
      && aws_sfn_alias.live[name].routing_configuration[0].state_machine_version_arn == machine.state_machine_version_arn
    ])
    error_message = "A machine's alias does not lead to its newest version."
  }

  assert {
    condition = alltrue([
      for machine in aws_sfn_state_machine.machine :
      machine.logging_configuration[0].level == "ERROR"
      && !machine.logging_configuration[0].include_execution_data
      && machine.tracing_configuration[0].enabled
    ])
    error_message = "A machine logs data, does not log errors, or is not traced."
  }
}
