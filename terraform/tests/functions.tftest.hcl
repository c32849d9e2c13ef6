# Every function of the manifest is whole: role, logs, version, alias, and the environment that its
# code expects.

mock_provider "aws" {
  source          = "./tests/aws"
  override_during = plan
}

run "every_function_is_whole" {
  command = plan

  assert {
    condition = length(local.manifest.functions) > 0 && alltrue([
      for name in keys(local.manifest.functions) :
      aws_lambda_function.function[name].logging_config[0].log_group == aws_cloudwatch_log_group.group["function/${name}"].name
      && aws_cloudwatch_log_group.group["function/${name}"].name == "/aws/lambda/${aws_lambda_function.function[name].function_name}"
    ])
    error_message = "A function has no log group of its own."
  }

  assert {
    condition     = length(distinct([for role in aws_iam_role.function : role.name])) == length(local.manifest.functions)
    error_message = "Two functions share a role."
  }

  assert {
    condition = alltrue([
      for name, function in aws_lambda_function.function :
      aws_iam_role_policy.function[name].role == aws_iam_role.function[name].id
      && aws_iam_role.function[name].name == function.function_name
    ])
    error_message = "A function's role is not the one that carries its policy."
  }

  assert {
    condition = alltrue([
      for name, function in aws_lambda_function.function :
      function.publish
      && aws_lambda_alias.live[name].name == "live"
      && aws_lambda_alias.live[name].function_name == function.function_name
      && aws_lambda_alias.live[name].function_version == function.version
    ])
    error_message = "A function's alias does not point at the version that was just published."
  }

  # Its code is its own zip, sent again when its content changes, where no stranger reads or writes.

  assert {
    condition = alltrue([
      for name, function in aws_lambda_function.function :
      function.s3_bucket == aws_s3_bucket.code.bucket
      && function.s3_key == aws_s3_object.code[name].key
      && aws_s3_object.code[name].bucket == aws_s3_bucket.code.bucket
      && aws_s3_object.code[name].key == "${name}.zip"
      # Without a build there is no hash to compare.
      && (local.hashes[name] == null || alltrue([
        for hash in [function.source_code_hash, aws_s3_object.code[name].source_hash, output.deployment.functions[name].code_sha256] : hash == local.hashes[name]
      ]))
      && endswith(aws_s3_object.code[name].source, "/dist/functions/${name}.zip")
    ])
    error_message = "A function runs another one's code, or the deploy is told of other code."
  }

  assert {
    condition     = aws_s3_bucket.code.force_destroy && output.deployment.code_bucket == aws_s3_bucket.code.bucket
    error_message = "Copies of the code keep a workspace from being destroyed, or the deploy does not know where they are."
  }

  assert {
    condition = (
      aws_s3_bucket_public_access_block.code.bucket == aws_s3_bucket.code.bucket
      && aws_s3_bucket_public_access_block.code.block_public_acls && aws_s3_bucket_public_access_block.code.block_public_policy
      && aws_s3_bucket_public_access_block.code.ignore_public_acls && aws_s3_bucket_public_access_block.code.restrict_public_buckets
    )
    error_message = "The code can be read or written by strangers."
  }

  assert {
    condition = alltrue([
      for name, function in aws_lambda_function.function :
      function.runtime == "nodejs22.x" && function.architectures == tolist(["arm64"]) && function.tracing_config[0].mode == "Active"
      && function.timeout == local.manifest.functions[name].timeout_seconds
      && function.memory_size == local.manifest.functions[name].memory_mb
    ])
    error_message = "A function does not run as the manifest and the stack say."
  }

  assert {
    condition = alltrue([
      for name, function in aws_lambda_function.function :
      function.environment[0].variables.CONTRA_FUNCTION == name
      && function.environment[0].variables.CONTRA_PREFIX == "${terraform.workspace}-"
      && function.environment[0].variables.CONTRA_ENVIRONMENT == "dev"
      && function.environment[0].variables.CONTRA_ACCOUNT_ID == "123456789012"
    ])
    error_message = "A function cannot compose the names and ARNs of what it uses."
  }

  assert {
    condition = alltrue([
      for name, function in aws_lambda_function.function :
      contains(keys(function.environment[0].variables), "CONTRA_PROVIDER_URL") == try(local.manifest.functions[name].provider, false)
    ])
    error_message = "Exactly the functions that call the provider know where it is."
  }

  assert {
    condition     = alltrue([for function in aws_lambda_function.function : !contains(keys(function.environment[0].variables), "CONTRA_POLICY")])
    error_message = "A policy that nobody set was given to a function."
  }

  # Nothing is reserved or warmed unless told.

  assert {
    condition     = alltrue([for function in aws_lambda_function.function : function.reserved_concurrent_executions == -1])
    error_message = "A function takes environments from the account's pool that nobody gave it."
  }

  assert {
    condition     = length(aws_lambda_provisioned_concurrency_config.warm) == 0 && alltrue([for mapping in aws_lambda_event_source_mapping.queue : length(mapping.scaling_config) == 0])
    error_message = "Something is paid for or bounded that nobody asked for."
  }

  # The code's bucket: what was replaced is kept for a while, nobody reads it in public or in the
  # clear.

  assert {
    condition = (
      aws_s3_bucket_versioning.code.versioning_configuration[0].status == "Enabled"
      && aws_s3_bucket_versioning.code.bucket == aws_s3_bucket.code.bucket
      && aws_s3_bucket_public_access_block.code.block_public_acls && aws_s3_bucket_public_access_block.code.block_public_policy
      && aws_s3_bucket_public_access_block.code.ignore_public_acls && aws_s3_bucket_public_access_block.code.restrict_public_buckets
      && jsondecode(aws_s3_bucket_policy.code.policy).Statement[0].Effect == "Deny"
      && jsondecode(aws_s3_bucket_policy.code.policy).Statement[0].Condition.Bool["aws:SecureTransport"] == "false"
      && jsondecode(aws_s3_bucket_policy.code.policy).Statement[0].Resource == ["arn:aws:s3:::${aws_s3_bucket.code.bucket}", "arn:aws:s3:::${aws_s3_bucket.code.bucket}/*"]
    )
    error_message = "The code can be lost, read by strangers, or carried in the clear."
  }
}
