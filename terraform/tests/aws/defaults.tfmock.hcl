# What the mocked provider says where a random string would not do: identities, and ARNs that other
# resources check.

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/mocked" }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:mocked" }
}

mock_resource "aws_lambda_function" {
  defaults = { version = "7" }
}

mock_resource "aws_lambda_alias" {
  defaults = {
    arn        = "arn:aws:lambda:us-east-1:123456789012:function:mocked:live"
    invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/mocked/invocations"
  }
}

mock_resource "aws_sqs_queue" {
  defaults = { arn = "arn:aws:sqs:us-east-1:123456789012:mocked" }
}

mock_resource "aws_dynamodb_table" {
  defaults = { stream_arn = "arn:aws:dynamodb:us-east-1:123456789012:table/mocked/stream/2026-01-01T00:00:00.000" }
}

mock_resource "aws_sfn_state_machine" {
  defaults = { state_machine_version_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:mocked:1" }
}

mock_resource "aws_apigatewayv2_api" {
  defaults = { execution_arn = "arn:aws:execute-api:us-east-1:123456789012:mocked" }
}

mock_resource "aws_kms_key" {
  defaults = { arn = "arn:aws:kms:us-east-1:123456789012:key/mocked" }
}

mock_resource "aws_sns_topic" {
  defaults = { arn = "arn:aws:sns:us-east-1:123456789012:mocked" }
}

mock_resource "aws_cloudwatch_metric_alarm" {
  defaults = { arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:mocked" }
}

mock_resource "aws_cloudwatch_composite_alarm" {
  defaults = { arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:mocked-page" }
}

# Known in the plan already, and each its own: policies name keys, and a key that is taken for
# another must show.

override_resource {
  target          = aws_kms_key.key["alarms"]
  override_during = plan
  values          = { id = "alarms", arn = "arn:aws:kms:us-east-1:123456789012:key/alarms", key_id = "alarms" }
}

override_resource {
  target          = aws_kms_key.key["data"]
  override_during = plan
  values          = { id = "data", arn = "arn:aws:kms:us-east-1:123456789012:key/data", key_id = "data" }
}

override_resource {
  target          = aws_kms_key.key["logs"]
  override_during = plan
  values          = { id = "logs", arn = "arn:aws:kms:us-east-1:123456789012:key/logs", key_id = "logs" }
}

override_resource {
  target          = aws_kms_key.key["messages"]
  override_during = plan
  values          = { id = "messages", arn = "arn:aws:kms:us-east-1:123456789012:key/messages", key_id = "messages" }
}

mock_resource "aws_cloudwatch_event_bus" {
  defaults = { arn = "arn:aws:events:us-east-1:123456789012:event-bus/mocked" }
}

mock_resource "aws_cognito_user_pool" {
  defaults = { id = "us-east-1_mocked" }
}

# Named here, each of these has an id of its own in the plan already.

mock_resource "aws_apigatewayv2_authorizer" {
  defaults = {}
}

mock_resource "aws_cognito_user_pool_client" {
  defaults = {}
}

mock_resource "aws_secretsmanager_secret" {
  defaults = {}
}

mock_data "aws_secretsmanager_random_password" {
  defaults = { random_password = "0123456789abcdefghijklmnopqrstuv" }
}
