# Least privilege, over the policies as they are rendered: no wildcard action, no wildcard resource
# but those that AWS demands, nothing of another workspace, and neither more nor less than the
# manifest declares.

mock_provider "aws" {
  source = "./tests/aws"
}

run "permissions_are_the_manifests" {
  command = plan

  # Policies are narrow.

  assert {
    condition = length(aws_iam_role_policy.function) > 0 && alltrue(flatten([
      for policy in concat(values(aws_iam_role_policy.function), values(aws_iam_role_policy.machine), values(aws_iam_role_policy.schedule)) : [
        for statement in jsondecode(policy.policy).Statement : [for action in statement.Action : !strcontains(action, "*")]
      ]
    ]))
    error_message = "A policy allows a wildcard action."
  }

  assert {
    condition = toset(flatten([
      for policy in concat(values(aws_iam_role_policy.function), values(aws_iam_role_policy.machine), values(aws_iam_role_policy.schedule)) : [
        for statement in jsondecode(policy.policy).Statement : statement.Action if contains(statement.Resource, "*")
      ]
      ])) == toset([
      "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
      "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
    ])
    error_message = "A wildcard resource is allowed for another action than those for which AWS offers nothing else."
  }

  assert {
    condition = alltrue(flatten([
      for policy in concat(values(aws_iam_role_policy.function), values(aws_iam_role_policy.machine), values(aws_iam_role_policy.schedule)) : [
        for statement in jsondecode(policy.policy).Statement : [
          for resource in statement.Resource : resource == "*" || contains(values(aws_kms_key.key)[*].arn, resource) || can(regex("[:/]${terraform.workspace}-[a-z]", resource))
        ]
      ]
    ]))
    error_message = "A policy reaches beyond its workspace."
  }

  # Functions may do what the manifest says.

  # Actions as `service:Action` on each side, per function. The triggers and the runtime add their
  # own.
  assert {
    condition = alltrue([
      for name, function in local.manifest.functions :
      toset(flatten([for statement in jsondecode(aws_iam_role_policy.function[name].policy).Statement : statement.Action])) == toset(concat(
        flatten([for actions in values(try(function.access.tables, {})) : [for action in actions : "dynamodb:${action}"]]),
        flatten([for actions in values(try(function.access.indexes, {})) : [for action in actions : "dynamodb:${action}"]]),
        flatten([for actions in values(try(function.access.machines, {})) : [for action in actions : "states:${action}"]]),
        flatten([for actions in values(try(function.access.queues, {})) : [for action in actions : "sqs:${action}"]]),
        flatten([for actions in values(try(function.access.secrets, {})) : [for action in actions : "secretsmanager:${action}"]]),
        [for action in try(function.access.bus, []) : "events:${action}"],
        [for action in try(function.access.switches, []) : "ssm:${action}"],
        flatten([for queue in try([function.queue], []) : ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]]),
        flatten([for stream in try([function.stream], []) : [
          "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", "sqs:SendMessage",
        ]]),
        [for action in ["kms:Decrypt"] : action if length(function.access) > 0 || can(function.queue) || can(function.stream)],
        [for action in ["kms:GenerateDataKey"] : action if can(function.access.queues) || can(function.stream)],
        ["logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      ))
    ])
    error_message = "A function may do more or less than the manifest declares."
  }

  assert {
    condition = alltrue(flatten([
      for name, function in local.manifest.functions : [
        for table, actions in try(function.access.tables, {}) : contains(
          [for statement in jsondecode(aws_iam_role_policy.function[name].policy).Statement : "${join(",", statement.Action)} ${join(",", statement.Resource)}"],
          "${join(",", [for action in actions : "dynamodb:${action}" if !can(local.manifest.tables[table].only[action])])} arn:aws:dynamodb:us-east-1:123456789012:table/${terraform.workspace}-${table}",
        ) || length(setsubtract(actions, keys(try(local.manifest.tables[table].only, {})))) == 0
      ]
    ]))
    error_message = "A table's actions are allowed on another table, or on an index."
  }

  # The operator's journal only grows: what is in it may be put and not updated, by anybody.
  assert {
    condition = alltrue(flatten([
      for name, function in local.manifest.functions : [
        for statement in jsondecode(aws_iam_role_policy.function[name].policy).Statement : [
          for action in statement.Action : (
            action == "dynamodb:UpdateItem" ? statement.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] == ["FINDING#*"]
            : action == "dynamodb:PutItem" ? statement.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] == ["OPERATIONS#*", "APPROVAL#*"]
            : contains(["dynamodb:GetItem", "dynamodb:Query"], action)
          )
        ] if contains(statement.Resource, "arn:aws:dynamodb:us-east-1:123456789012:table/${terraform.workspace}-integrity")
      ]
    ]))
    error_message = "A role may change what stands in the operator's journal."
  }

  assert {
    condition = alltrue(flatten([
      for name, function in local.manifest.functions : [
        for index, actions in try(function.access.indexes, {}) : contains(
          [for statement in jsondecode(aws_iam_role_policy.function[name].policy).Statement : "${join(",", statement.Action)} ${join(",", statement.Resource)}"],
          "${join(",", [for action in actions : "dynamodb:${action}"])} arn:aws:dynamodb:us-east-1:123456789012:table/${terraform.workspace}-${split("/", index)[0]}/index/${split("/", index)[1]}",
        )
      ]
    ]))
    error_message = "An index cannot be queried, or a right to it reaches further."
  }

  # A start goes through the alias.

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.function : [
        for statement in jsondecode(policy.policy).Statement :
        statement.Condition["ForAnyValue:StringEquals"]["states:StateMachineQualifier"] == ["live"]
        if contains(statement.Action, "states:StartExecution")
      ]
    ]))
    error_message = "A function may start a machine past its alias."
  }
}
