//! Servers that tell of their requests, queues and threads: ASP.NET Core, the Java servers, nginx, Node.js.

use crate::change::Change;
use crate::reading::Reading;

/// The gauges, in the order of preference: kind, family, the family that says how much there is of it.
const GAUGES: [(&str, &str, &str); 24] = [
    ("server.active", "http_server_active_requests", ""),
    ("server.active", "http_server_active_requests_ratio", ""),
    ("server.active", "http_requests_in_progress", ""),
    ("server.active", "aspnetcore_hosting_current_requests", ""),
    ("server.queued", "kestrel_queued_requests", ""),
    ("server.queued", "aspnetcore_rate_limiting_queued_requests", ""),
    (
        "server.queued",
        "microsoft_aspnetcore_server_kestrel_request_queue_length",
        "",
    ),
    ("server.queued", "executor_queued_tasks", ""),
    ("server.connections", "kestrel_active_connections", ""),
    ("server.connections", "kestrel_current_connections", ""),
    (
        "server.connections",
        "tomcat_connections_current_connections",
        "tomcat_connections_config_max_connections",
    ),
    ("server.connections", "nginx_connections_active", ""),
    ("server.connections.queued", "kestrel_queued_connections", ""),
    ("server.connections.queued", "kestrel_connection_queue_length", ""),
    ("server.connections.queued", "hikaricp_connections_pending", ""),
    ("server.threads", "dotnet_thread_pool_thread_count", ""),
    ("server.threads", "process_runtime_dotnet_thread_pool_threads_count", ""),
    ("server.threads", "system_runtime_threadpool_thread_count", ""),
    (
        "server.threads",
        "tomcat_threads_busy_threads",
        "tomcat_threads_config_max_threads",
    ),
    ("server.threads", "executor_active_threads", "executor_pool_max_threads"),
    ("server.threads.queued", "dotnet_thread_pool_queue_length", ""),
    (
        "server.threads.queued",
        "process_runtime_dotnet_thread_pool_queue_length",
        "",
    ),
    ("server.threads.queued", "system_runtime_threadpool_queue_length", ""),
    ("server.lag", "nodejs_eventloop_lag_mean_seconds", ""),
];

pub(super) fn read(change: &Change<'_>, reading: &mut Reading) {
    let mut taken = "";
    for (kind, family, limit) in GAUGES {
        // Some exporters end every sum with `_total`, also of what goes up and down.
        let family = change.first(&[family, &format!("{family}_total")]).map(str::to_owned);
        let Some(family) = family.filter(|_| taken != kind) else {
            continue;
        };
        let limit = change.sum(limit).filter(|limit| *limit < 1e9);
        reading.add(kind, change.sum(&family), limit);
        taken = kind;
    }
}
