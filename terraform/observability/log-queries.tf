# Queries over all logs that somebody on call would otherwise have to write at night. What stands
# in `<...>` is to be filled in.

locals {
  log_queries = {
    one-payment     = <<-EOT
      fields @timestamp, function, message, from, to, event, error_name, kind, reason, error.message, execution, trace_id
      | filter payment_id = "<payment_id>" or execution like /^<payment_id>/
      | sort @timestamp asc
      | limit 1000
    EOT
    one-request     = <<-EOT
      fields @timestamp, function, route, status, message, code, payment_id, error.message, trace_id
      | filter request_id = "<request_id>" or trace_id = "<trace_id>"
      | sort @timestamp asc
      | limit 1000
    EOT
    errors-by-kind  = <<-EOT
      filter ispresent(kind) and message in ["step ended otherwise", "step failed"]
      | stats count(*) as errors by kind, error_name, function
      | sort errors desc
    EOT
    slow-steps      = <<-EOT
      filter type = "platform.report"
      | stats count(*) as runs, pct(record.metrics.durationMs, 50) as p50_ms, pct(record.metrics.durationMs, 99) as p99_ms, max(record.metrics.durationMs) as slowest_ms by @log
      | sort p99_ms desc
    EOT
    parked-reasons  = <<-EOT
      filter message = "transition" and event = "payment.parked"
      | stats count(*) as parked, latest(payment_id) as latest_payment by state, error_name, rail
      | sort parked desc
    EOT
    failure-reasons = <<-EOT
      filter message = "transition" and to = "FAILED"
      | stats count(*) as failed by failure_code, failure_step, rail
      | sort failed desc
    EOT
  }
}

resource "aws_cloudwatch_query_definition" "query" {
  for_each = var.saved_queries ? local.log_queries : {}

  name            = "${var.prefix}${each.key}"
  query_string    = each.value
  log_group_names = var.log_groups
}
