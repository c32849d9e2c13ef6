# Environments that are kept warm: a client waits for intake, so a cold start is its second; a step's caller is a machine, and waits.

resource "aws_lambda_provisioned_concurrency_config" "warm" {
  for_each = { for name, setting in var.concurrency : name => setting.provisioned if setting.provisioned != null }

  function_name                     = aws_lambda_alias.live[each.key].function_name
  qualifier                         = aws_lambda_alias.live[each.key].name
  provisioned_concurrent_executions = each.value
}
