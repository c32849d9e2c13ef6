# The keys: rotated, few, each of use through the service that keeps what it encrypts and to nobody
# by hand.

mock_provider "aws" {
  source = "./tests/aws"
}

run "keys_are_hard_to_lose_and_narrow" {
  command = plan

  # Keys are rotated and hard to lose.

  assert {
    condition = length(aws_kms_key.key) == 4 && alltrue([
      for key in aws_kms_key.key : key.enable_key_rotation && key.deletion_window_in_days == 30
    ])
    error_message = "A key is not rotated, or is gone before anybody notices."
  }

  assert {
    condition = alltrue(concat(
      [for group in aws_cloudwatch_log_group.group : group.kms_key_id == aws_kms_key.key["logs"].arn],
      [for secret in aws_secretsmanager_secret.provider : secret.kms_key_id == aws_kms_key.key["data"].arn],
    ))
    error_message = "A log group or a secret is encrypted with another key than its own."
  }

  # Key policies are exact.

  assert {
    condition = alltrue(flatten([
      for key in aws_kms_key.key : [
        for statement in jsondecode(key.policy).Statement : [
          for action in statement.Action : startswith(action, "kms:") && !strcontains(action, "*")
        ]
      ]
    ]))
    error_message = "A key's policy allows a wildcard action."
  }

  # Whoever may use a key comes through a service, or is one and names its source.
  assert {
    condition = alltrue(flatten([
      for key in aws_kms_key.key : [
        for statement in jsondecode(key.policy).Statement :
        anytrue([
          can(statement.Condition.StringEquals["kms:ViaService"]),
          can(statement.Condition.StringEquals["aws:SourceAccount"]) && can(statement.Condition.ArnEquals["aws:SourceArn"]),
          can(statement.Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"]),
          can(statement.Condition.ArnEquals["kms:EncryptionContext:aws:sqs:arn"]),
        ])
        if length(setintersection(statement.Action, ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant"])) > 0
      ]
    ]))
    error_message = "A key can be used by hand."
  }

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_kms_key.key["messages"].policy).Statement : statement.Condition.ArnEquals["kms:EncryptionContext:aws:sqs:arn"]
      if can(statement.Principal.Service)
      ])) == toset(flatten([
      for rule in local.manifest.rules : [
        for end in ["", "-dlq"] : "arn:aws:sqs:us-east-1:123456789012:${terraform.workspace}-${rule.queue}${end}"
      ]
    ]))
    error_message = "EventBridge cannot write what a rule brings to an encrypted queue, or it can to a queue that no rule feeds."
  }

  # EventBridge brings no source to KMS that AWS documents: a condition on one refuses everything.
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.key["messages"].policy).Statement :
      !strcontains(jsonencode(statement.Condition), "aws:Source") if can(statement.Principal.Service)
    ])
    error_message = "EventBridge would have to name a source that it may not name."
  }

  # A function uses the keys of what it touches.

  assert {
    condition = alltrue([
      for name, function in local.manifest.functions :
      toset(flatten([
        for statement in jsondecode(aws_iam_role_policy.function[name].policy).Statement : statement.Resource
        if anytrue([for action in statement.Action : startswith(action, "kms:")])
        ])) == toset(concat(
        [for key in ["data"] : aws_kms_key.key[key].arn if can(function.access.tables) || can(function.access.secrets) || can(function.stream)],
        [for key in ["messages"] : aws_kms_key.key[key].arn if can(function.access.queues) || can(function.queue) || can(function.stream)],
      ))
    ])
    error_message = "A function holds a key of what it has no business with, or cannot read its own."
  }
}
