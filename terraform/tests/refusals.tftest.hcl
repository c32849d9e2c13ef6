# What the root refuses to be given, many variables in one plan: each that is named here has to fail
# by its own validation. One that is tried in two ways is wrong in the second way in the second run.

mock_provider "aws" {
  source = "./tests/aws"
}

run "refuses_what_no_environment_may_be_told" {
  command = plan

  variables {
    # A provider, an API and an issuer that are called without TLS.
    provider_url = "http://provider.example"
    api_url      = "http://api.example"
    jwt_issuer   = "http://issuer.example"
    # Every origin at once.
    cors_allow_origins = ["*"]
    # A throttle that lets nothing in.
    throttles = {
      writes   = { rate_per_second = 0, burst = 0 }
      reads    = { rate_per_second = 1, burst = 1 }
      ops      = { rate_per_second = 1, burst = 1 }
      webhooks = { rate_per_second = 1, burst = 1 }
      open     = { rate_per_second = 1, burst = 1 }
    }
    # More errors than five in a hundred.
    alarm_thresholds = { function_error_percent = 6 }
    # A canary that CodeDeploy does not have.
    canary_minutes = 7
    # A policy that is not JSON.
    policy = "merchants"
    # A region with which the bucket of the code would have a name of 64 characters.
    region = "us-${join("", [for _ in range(33) : "x"])}-1"
    # A reserve for a function that does not exist.
    concurrency = { acept-payment = { provisioned = 5 } }
    # A bound for what no queue feeds.
    consumers = { accept-payment = 10 }
  }

  expect_failures = [
    var.provider_url, var.api_url, var.jwt_issuer, var.cors_allow_origins, var.throttles, var.alarm_thresholds,
    var.canary_minutes, var.policy, var.region, var.concurrency, var.consumers,
  ]
}

run "refuses_what_is_wrong_in_another_way" {
  command = plan

  variables {
    # An issuer without an audience.
    jwt_audience = []
    # A rule that functions do not know.
    policy = "{\"merchants\":{}}"
    # A kind of route that is left open.
    throttles = { writes = { rate_per_second = 1, burst = 1 } }
    # A function that is turned off.
    concurrency = { accept-payment = { reserved = 0 } }
    # No region, and days that CloudWatch, DynamoDB and EventBridge do not take, or take for ever.
    region             = "frankfurt"
    log_retention_days = 2
    recovery_days      = 36
    archive_days       = 0
    # A client whose name is none.
    merchants = ["First Merchant"]
    # Two people behind one client's words.
    operators = { mia = "On call", noa = "On call" }
    # An alarm that always rings.
    alarm_thresholds = { function_error_percent = 0 }
  }

  expect_failures = [
    var.jwt_audience, var.throttles, var.concurrency, var.region, var.log_retention_days, var.recovery_days,
    var.archive_days, var.merchants, var.operators, var.alarm_thresholds, var.policy,
  ]
}

run "refuses_a_policy_with_a_misspelt_field_in_a_rule" {
  command = plan

  variables {
    policy = "{\"rails\":{\"crad\":false}}"
  }

  expect_failures = [var.policy]
}

run "refuses_a_policy_that_no_function_can_hold" {
  command = plan

  variables {
    policy = jsonencode({ max_amount = { for currency in range(500) : currency => 1 } })
  }

  expect_failures = [var.policy]
}

run "refuses_a_policy_that_is_no_object" {
  command = plan

  variables {
    policy = "[1]"
  }

  expect_failures = [var.policy]
}

run "refuses_a_policy_that_is_an_empty_list" {
  command = plan

  variables {
    policy = "[]"
  }

  expect_failures = [var.policy]
}

run "refuses_a_policy_that_is_nothing" {
  command = plan

  variables {
    policy = "null"
  }

  expect_failures = [var.policy]
}

run "refuses_a_rule_without_the_fields_that_it_must_have" {
  command = plan

  variables {
    policy = "{\"off_ramp_outage\":{\"action\":\"unwind\"}}"
  }

  expect_failures = [var.policy]
}

run "refuses_a_value_where_a_rule_has_fields" {
  command = plan

  variables {
    policy = "{\"rails\":false}"
  }

  expect_failures = [var.policy]
}

run "refuses_a_list_where_a_rule_has_fields" {
  command = plan

  variables {
    policy = "{\"max_amount\":[]}"
  }

  expect_failures = [var.policy]
}

run "refuses_fields_where_a_rule_is_a_number" {
  command = plan

  variables {
    policy = "{\"card_fee_bps\":{}}"
  }

  expect_failures = [var.policy]
}

run "refuses_a_number_between_two_quotes" {
  command = plan

  variables {
    policy = "{\"card_fee_bps\":\"90\"}"
  }

  expect_failures = [var.policy]
}

run "refuses_a_rule_that_is_null" {
  command = plan

  variables {
    policy = "{\"enabled\":null}"
  }

  expect_failures = [var.policy]
}

run "takes_a_policy_of_whole_rules" {
  command = plan

  variables {
    policy = "{\"enabled\":true,\"rails\":{\"card\":false},\"max_amount\":{\"EUR\":500000},\"card_fee_bps\":0,\"off_ramp_outage\":{\"action\":\"unwind\",\"after_seconds\":300,\"tell\":\"treasury\"},\"exposure_caps\":{\"USDC\":50000000000},\"limits\":{\"writes\":{\"per_second\":50,\"burst\":400},\"accounts\":1000}}"
  }

  assert {
    condition     = alltrue([for function in aws_lambda_function.function : function.environment[0].variables.CONTRA_POLICY == var.policy])
    error_message = "A function does not get the policy."
  }
}

# Whatever else is checked depends on the environment: alone.
run "refuses_an_unknown_environment" {
  command = plan

  variables {
    environment = "local"
  }

  expect_failures = [var.environment]
}

run "refuses_production_settings_in_another_workspace" {
  command = plan

  variables {
    environment = "prod"
  }

  expect_failures = [var.environment]
}
