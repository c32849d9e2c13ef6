# The manifest, completed: every function gets every field, so that the other files read without
# asking what is there. It is THE list of what exists; nothing in this root names a function, table
# or queue by itself.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  manifest = jsondecode(file("${path.module}/../functions/manifest.json"))

  # Two workspaces in one account share nothing, because no two names are equal.
  prefix = "${terraform.workspace}-"

  # Callers name this alias and never a version: a deploy moves the alias, and everything follows.
  alias = "live"

  # The sandbox provider stands where money is not real, and nowhere else.
  has_sandbox = var.environment != "prod"

  functions = {
    for name, function in local.manifest.functions : name => merge(
      { routes = [], queue = null, stream = null, schedule = null, provider = false, sandbox = false },
      function,
      { access = merge({ tables = {}, indexes = {}, machines = {}, queues = {}, secrets = {}, bus = [], switches = [] }, function.access) },
    ) if local.has_sandbox || !try(function.sandbox, false)
  }

  machines  = local.manifest.machines
  tables    = { for name, table in local.manifest.tables : name => table if local.has_sandbox || !try(table.sandbox, false) }
  queues    = { for name, queue in local.manifest.queues : name => queue if local.has_sandbox || !try(queue.sandbox, false) }
  rules     = local.manifest.rules
  buses     = local.manifest.buses
  switches  = local.manifest.switches
  providers = local.manifest.providers

  consumers = { for name, function in local.functions : name => function.queue if function.queue != null }
  # These put back on purpose what cannot be done yet: a held start, an early look, a webhook.
  putting_back      = { for name, queue in local.consumers : name => queue if try(contains(local.functions[name].access.queues[queue.name], "SendMessage"), false) }
  stream_consumers  = { for name, function in local.functions : name => function.stream if function.stream != null }
  scheduled         = { for name, function in local.functions : name => function.schedule if function.schedule != null }
  behind_dead_queue = { for name, queue in local.queues : name => queue if !can(queue.why_no_dead_letters) }

  # Whatever no request, queue, stream or clock starts, a machine does.
  steps = {
    for name, function in local.functions : name => function
    if length(function.routes) == 0 && function.queue == null && function.stream == null && function.schedule == null
  }

  # The queue that has no dead letters is where the records end that a stream's consumer gave up on.
  # A second one would make this ambiguous, and `one` then fails the plan.
  stream_failures = one([for name, queue in local.queues : name if can(queue.why_no_dead_letters)])
}
