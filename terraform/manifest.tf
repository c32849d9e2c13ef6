# The manifest, completed: every function gets every field, so that the other files read without asking what is there.
# It is THE list of what exists; nothing in this root names a function, table or queue by itself.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  manifest = jsondecode(file("${path.module}/../functions/manifest.json"))

  # Two workspaces in one account share nothing, because no two names are equal.
  prefix = "${terraform.workspace}-"

  # Callers name this alias and never a version: a deploy moves the alias, and everything follows.
  alias = "live"

  functions = {
    for name, function in local.manifest.functions : name => merge(
      { routes = [], queue = null, stream = null, schedule = null, provider = false, provider_webhooks = false },
      function,
      { access = merge({ tables = {}, machines = {}, queues = {}, bus = [], switches = [] }, function.access) },
    )
  }

  machines = local.manifest.machines
  tables   = local.manifest.tables
  queues   = local.manifest.queues
  rules    = local.manifest.rules
  buses    = local.manifest.buses
  switches = local.manifest.switches

  consumers         = { for name, function in local.functions : name => function.queue if function.queue != null }
  stream_consumers  = { for name, function in local.functions : name => function.stream if function.stream != null }
  scheduled         = { for name, function in local.functions : name => function.schedule if function.schedule != null }
  behind_dead_queue = { for name, queue in local.queues : name => queue if !can(queue.why_no_dead_letters) }

  # The queue that has no dead letters is where the records end that a stream's consumer gave up on. A second one
  # would make this ambiguous, and `one` then fails the plan.
  stream_failures = one([for name, queue in local.queues : name if can(queue.why_no_dead_letters)])
}
