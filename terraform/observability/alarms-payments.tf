# Alarms of what the stack is for: payments that end, in time, and are verified.

locals {
  payment_alarms = {
    "open-payments" = {
      description = "A payment is neither ended and verified nor parked, and should be by now."
      threshold   = var.thresholds.open_seconds
      times       = 3
      # The sweep says each minute what it saw, also where there are no payments. Silence is a
      # sweep that saw nothing.
      missing = "breaching"
      metrics = { oldest = local.measured.OldestOpenSeconds }
    }
    "unfolded-journals" = {
      description = "Journals are outside of the balances for longer than the fold takes; the sweep folds what it finds."
      threshold   = var.thresholds.unfolded_seconds
      times       = 3
      metrics     = { oldest = local.measured.OldestUnfoldedSeconds }
    }
    "parked-payments" = {
      description = "Payments wait for a person to decide."
      # What the sweep redrives by itself is often in work again by then.
      times   = var.thresholds.parked_minutes
      missing = "breaching"
      metrics = { parked = merge(local.measured.PaymentsInReview, { stat = "Maximum" }) }
    }
    "value-in-transit" = {
      description = "A payment has held value in transit for too long."
      threshold   = var.thresholds.transit_seconds
      times       = 3
      metrics     = { oldest = local.measured.OldestInTransitSeconds }
    }
    "slow-sagas" = {
      description = "One payment in a hundred takes longer to its end than promised."
      threshold   = var.thresholds.saga_seconds
      minutes     = 5
      times       = 3
      metrics     = { slowest = merge(local.measured.SagaSeconds, { stat = "p99" }) }
    }
    "findings" = {
      description = "The integrity service opened findings."
      metrics     = { opened = local.measured.FindingsOpened }
    }
    "money-findings" = {
      description = "A provider says another thing than a payment shows, or an ended payment left value somewhere."
      expression  = "FILL(disagrees, 0) + FILL(stranded, 0)"
      metrics = {
        disagrees = merge(local.measured.FindingsOpened, { dimensions = { workspace = terraform.workspace, kind = "provider-disagrees" } })
        stranded  = merge(local.measured.FindingsOpened, { dimensions = { workspace = terraform.workspace, kind = "value-stranded" } })
      }
    }
    "step-defects" = {
      description = "A step met a mistake of our own, which no retry mends."
      metrics     = { defects = merge(local.measured.StepErrors, { dimensions = { workspace = terraform.workspace, kind = "defect" } }) }
    }
    "breaker-open" = {
      description = "A provider does not answer, and new sagas wait for it."
      times       = 2
      metrics     = { opened = local.measured.BreakerOpened }
    }
    "kill-switch-on" = {
      description = "Somebody turned a kill switch on: is it still meant?"
      metrics     = { on = merge(local.measured.SwitchesOn, { stat = "Maximum" }) }
    }
  }
}
