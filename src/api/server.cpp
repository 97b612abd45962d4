// From a request to its handler: routing, the token, worker threads, live events.
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <thread>

#include "api/context.hpp"
#include "api/form.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/thread_name.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kWaitingMax = 2000;
constexpr int kPostsAnHour = 30;  // by one link
constexpr const char* kEvents = "/api/v1/events";
constexpr std::uint64_t kUnknownId = std::numeric_limits<std::uint64_t>::max();  // is answered by a reload

// Fills `segments` when the path has the pattern's form.
bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& segments) {
  const auto a = split(pattern, '/'), b = split(path, '/');
  if (a.size() != b.size()) return false;
  segments.clear();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].starts_with('{') && !b[i].empty()) {
      segments.emplace_back(b[i]);
    } else if (a[i] != b[i]) {
      return false;
    }
  }
  return true;
}

Role role_named(std::string_view name) {
  if (name == "administrator") return Role::administrator;
  if (name == "agent") return Role::agent;
  if (name == "reader") return Role::reader;
  return name == "client" ? Role::client : Role::nobody;
}

// Changes as server-sent events: what changed, not the whole; the console then reads what it needs.
class ChangeStream final : public ports::EventSource {
 public:
  ChangeStream(desk::Events& events, std::string token, std::uint64_t revocations)
      : events_(events), token_(std::move(token)), revocations_(revocations) {}
  std::vector<ports::Event> next(std::uint64_t last_id) override {
    bool lost = false;
    std::vector<ports::Event> out;
    const auto changes = events_.after(last_id, 100, lost);
    if (lost) out.push_back({events_.last_id(), "reload", "{}"});  // and then what comes after that id
    for (const desk::Change& c : changes) {
      out.push_back({c.id, c.what, json::dump(json::Object{{"case", c.number}})});
    }
    return out;
  }
  bool over() override { return events_.revoked(token_, revocations_); }

 private:
  desk::Events& events_;
  const std::string token_;          // its name
  const std::uint64_t revocations_;  // before it was looked up
};

// For people: links to it are followed from other sites, and carry what mail programs hang on to them.
bool is_page(const Route& route) {
  const std::string_view pattern = route.pattern;
  return !pattern.starts_with("/api/") && pattern != "/metrics" &&
         (!pattern.starts_with("/sandbox/") || pattern == "/sandbox/" || pattern == "/sandbox/sandbox.js");
}

struct Job {
  ports::Request request;
  ports::Reply reply;
};

}  // namespace

class Api::Impl {
 public:
  explicit Impl(Parts parts) : parts_(std::move(parts)) {}

  Status start() {
    for (int i = 0; i < parts_.workers; ++i) {
      HEJNAL_TRY(auto archive, parts_.open_archive());
      archives_.push_back(std::move(archive));
    }
    for (auto& archive : archives_) {
      threads_.emplace_back([this, &archive, number = threads_.size() + 1] {
        name_this_thread(fmt::format("hejnal-api-{}", number));
        work(*archive);
      });
    }
    return {};
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& t : threads_) t.join();
    for (Job& job : waiting_)
      std::move(job.reply).send(problem(503, "Not now", "the server is shutting down"));
  }

  void submit(ports::Request request, ports::Reply reply) {
    std::unique_lock lock(mutex_);
    if (stopping_ || waiting_.size() >= kWaitingMax) {
      lock.unlock();
      std::move(reply).send(
          problem(503, "Not now", stopping_ ? "the server is shutting down" : "too many requests wait"));
      return;
    }
    waiting_.push_back({std::move(request), std::move(reply)});
    lock.unlock();
    wake_.notify_one();
  }

 private:
  void work(ports::Archive& archive) {
    for (;;) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      Job job = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      answer(std::move(job), archive);
    }
  }

  void answer(Job job, ports::Archive& archive) {
    Context context{job.request, parts_, archive, Role::nobody, false, {}, {}, &posts_};
    const bool head = job.request.method == "HEAD";
    if (head) job.request.method = "GET";
    std::optional<std::uint64_t> events_after;
    const std::uint64_t revocations = parts_.events->revocations();
    const Result<ports::Response> response = serve(context, events_after);
    if (events_after) {
      std::move(job.reply).stream(std::make_shared<ChangeStream>(*parts_.events, context.who, revocations),
                                  *events_after);
      return;
    }
    ports::Response out = response ? std::move(*response) : problem(response.error());
    out.headers.emplace_back("X-Content-Type-Options", "nosniff");
    out.headers.emplace_back("Referrer-Policy", "no-referrer");
    // What counts as now: in a sandbox that was advanced it is not the Date.
    if (job.request.path.starts_with("/api/"))
      out.headers.emplace_back("Desk-Time", format_rfc3339(parts_.clock->now()));
    std::move(job.reply).send(std::move(out));
  }

  // Sets `events_after` when the answer is a stream.
  Result<ports::Response> serve(Context& context, std::optional<std::uint64_t>& events_after) {
    HEJNAL_TRY_VOID(identify(context));
    if (context.request.path != kEvents || context.request.method != "GET" || context.role < Role::reader)
      return dispatch(context);
    HEJNAL_TRY_VOID(check_parameters(context.request, "last_id"));
    std::uint64_t last_id = parts_.events->last_id();
    if (context.request.has_parameter("last_id")) {
      HEJNAL_TRY(const std::int64_t asked, whole_number(context.request.parameter("last_id"), "last_id"));
      last_id = static_cast<std::uint64_t>(asked);
    }
    // What a browser sends by itself when it comes back; it would give up for ever after an error.
    if (const std::string_view told = context.request.header("last-event-id"); !told.empty()) {
      const auto seen = whole_number(told, "Last-Event-ID");
      last_id = seen ? static_cast<std::uint64_t>(*seen) : kUnknownId;
    }
    events_after = last_id;
    return ports::Response{};
  }

  // Who asks. Other schemes than ours are for a proxy before us, and say nothing to us.
  Status identify(Context& context) {
    const std::string_view header = context.request.header("authorization");
    constexpr std::string_view kBearer = "bearer";
    if (!iequals(header.substr(0, kBearer.size()), kBearer)) return {};
    const std::string_view token = trim(header.substr(kBearer.size()));
    HEJNAL_TRY(const std::string found, context.archive.token_role(sha256_hex(token)));
    const auto colon = found.find(':');
    context.unknown_token = colon == std::string::npos;
    if (context.unknown_token) return {};
    context.role = role_named(std::string_view(found).substr(0, colon));
    context.who = found.substr(colon + 1);
    return {};
  }

  Result<ports::Response> dispatch(Context& context) {
    const std::string& path = context.request.path;
    if (context.unknown_token && path.starts_with("/api/")) return not_allowed(context, Role::nobody);
    std::string allowed;
    for (const Route& route : routes()) {
      if (route.sandbox_only && !parts_.sandbox.world) continue;
      if (!matches(route.pattern, path, context.segments)) continue;
      if (route.method != context.request.method) {
        allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
        continue;
      }
      if (context.role < route.least) return not_allowed(context, route.least);
      if (!is_page(route)) HEJNAL_TRY_VOID(check_parameters(context.request, route.parameters));
      if (route.sandbox_only && !is_page(route)) {
        if (const Status own = check_own_page(context.request); !own)
          return problem(403, "Not allowed", own.error().what);
      }
      return route.handle(context);
    }
    if (path == "/sandbox" && parts_.sandbox.world) {
      ports::Response moved{308, "text/plain", "/sandbox/\n", {{"Location", "/sandbox/"}}};
      return moved;
    }
    if (path == kEvents && context.request.method != "GET") allowed = "GET";
    if (path == kEvents && allowed.empty()) return not_allowed(context, Role::reader);
    if (!allowed.empty()) {
      ports::Response response =
          problem(405, "Method not allowed", fmt::format("{} takes {}", sanitize_utf8(path), allowed));
      response.headers.emplace_back("Allow", allowed);
      return response;
    }
    return problem(404, "Not found",
                   fmt::format("there is nothing at {}", truncate_utf8(sanitize_utf8(path), 200)));
  }

  static ports::Response not_allowed(const Context& context, Role least) {
    if (context.role == Role::nobody) {
      ports::Response response =
          context.unknown_token
              ? problem(401, "Unknown token", "expected a valid token: Authorization: Bearer TOKEN")
              : problem(401, "Token needed", "expected a header: Authorization: Bearer TOKEN");
      response.headers.emplace_back("WWW-Authenticate", "Bearer");
      return response;
    }
    static constexpr const char* kRoles[] = {"nobody", "client", "reader", "agent", "administrator"};
    return problem(403, "Not allowed",
                   fmt::format("this needs the role {} or more, the token \"{}\" has the role {}",
                               kRoles[static_cast<std::size_t>(least)], context.who,
                               kRoles[static_cast<std::size_t>(context.role)]));
  }

  Parts parts_;
  PostLimiter posts_{kPostsAnHour};
  std::vector<std::unique_ptr<ports::Archive>> archives_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> waiting_;
  bool stopping_ = false;
};

Api::Api(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Api::~Api() = default;

Result<std::unique_ptr<Api>> Api::start(Parts parts) {
  auto impl = std::make_unique<Impl>(std::move(parts));
  HEJNAL_TRY_VOID(impl->start());
  return std::unique_ptr<Api>(new Api(std::move(impl)));
}

ports::Handler Api::handler() {
  return [impl = impl_.get()](ports::Request request, ports::Reply reply) {
    impl->submit(std::move(request), std::move(reply));
  };
}

}  // namespace hejnal::api
