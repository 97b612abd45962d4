#include "net/http_caller.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <atomic>

#include "base/check.hpp"
#include "net/detail/curl.hpp"
#include "net/detail/work_queue.hpp"

namespace hejnal::net {

namespace {

using ports::HttpAnswer;
using ports::HttpCall;

struct Transfer {
  std::string body;
  std::size_t limit = 0;
  bool too_long = false;
  const std::atomic<bool>* abort = nullptr;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::size_t bytes = size * count;
  if (transfer.body.size() + bytes > transfer.limit) {
    transfer.too_long = true;
    return 0;
  }
  transfer.body.append(data, bytes);
  return bytes;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(user)->abort->load() ? 1 : 0;
}

}  // namespace

struct HttpClient::State {
  struct Job {
    HttpCall call;
    std::function<void(HttpAnswer)> done;
  };
  struct Hand;

  explicit State(HttpCallerOptions caller_options);
  HttpAnswer perform(CURL* handle, const HttpCall& call) const;

  const HttpCallerOptions options;
  WorkQueue<Job> queue;  // last: its threads use the rest
};

struct HttpClient::State::Hand final : WorkQueue<Job>::Worker {
  explicit Hand(const State& of) : state(of), handle(new_curl_handle()) {}

  void run(Job job) override { job.done(state.perform(handle.get(), job.call)); }
  void refuse(Job job) override {
    HttpAnswer answer;
    answer.error = "the server is shutting down";
    job.done(std::move(answer));
  }

  const State& state;
  const CurlHandle handle;
};

HttpClient::State::State(HttpCallerOptions caller_options)
    : options(std::move(caller_options)), queue({"hejnal-http", options.threads, options.queue}, [this] {
        return std::make_unique<Hand>(*this);
      }) {}

HttpAnswer HttpClient::State::perform(CURL* handle, const HttpCall& call) const {
  curl_easy_reset(handle);  // options only: connections stay
  set_login(handle, {StartTls::none, {}, {}, options.ca_file});
  Transfer transfer;
  transfer.limit = options.body_bytes;
  transfer.abort = &queue.cut();
  char error[CURL_ERROR_SIZE] = {};
  curl_slist* lines = nullptr;
  for (const auto& [name, value] : call.headers)
    lines = curl_slist_append(lines, (name + ": " + value).c_str());
  lines = curl_slist_append(lines, "Expect:");
  const CurlList headers(lines);
  curl_easy_setopt(handle, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "hejnal");
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout.count()));
  // On a connection that was used before curl would send a request again by itself when it was cut: a second
  // SMS.
  curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
  if (call.method != "GET") {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, call.body.c_str());
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  }
  const CURLcode result = curl_easy_perform(handle);

  HttpAnswer answer;
  long status = 0, request_bytes = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &request_bytes);
  const char* type = nullptr;
  curl_easy_getinfo(handle, CURLINFO_CONTENT_TYPE, &type);
  answer.status = static_cast<int>(status);
  answer.content_type = type != nullptr ? type : "";
  answer.body = std::move(transfer.body);
  answer.may_have_left = request_bytes > 0;
  if (result != CURLE_OK) {
    answer.cut = true;
    answer.error = transfer.too_long  ? "the answer is too long"
                   : error[0] != '\0' ? error
                                      : curl_easy_strerror(result);
  }
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
  return answer;
}

HttpClient::HttpClient(HttpCallerOptions options) : state_(std::make_unique<State>(std::move(options))) {}

HttpClient::~HttpClient() = default;

void HttpClient::call(HttpCall call, std::function<void(HttpAnswer)> done) {
  State::Job job{std::move(call), std::move(done)};
  if (state_->queue.push(std::move(job))) return;
  HttpAnswer answer;
  answer.error = "too many calls wait, or the server is shutting down";
  job.done(std::move(answer));
}

void HttpClient::stop(Duration grace) { state_->queue.stop(grace); }

std::string hmac_sha1(std::string_view key, std::string_view data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HEJNAL_CHECK(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
                    reinterpret_cast<const unsigned char*>(data.data()), data.size(), out, &size) != nullptr);
  return {reinterpret_cast<const char*>(out), size};
}

}  // namespace hejnal::net
