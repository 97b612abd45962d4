#include "net/detail/imap_connection.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/check.hpp"

namespace hejnal::net {

namespace {

int to_poll_ms(Duration time) { return static_cast<int>(std::clamp<std::int64_t>(time.count(), 0, 1 << 30)); }

}  // namespace

StopSignal::StopSignal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { HEJNAL_CHECK(fd_ >= 0); }
StopSignal::~StopSignal() { ::close(fd_); }
void StopSignal::set() { ::eventfd_write(fd_, 1); }
bool StopSignal::wait(Duration time) const {
  pollfd wait = {fd_, POLLIN, 0};
  return ::poll(&wait, 1, to_poll_ms(time)) > 0;
}

ImapConnection::ImapConnection(Options options, const StopSignal& stop, std::function<void()> heard,
                               OnResponse untagged)
    : options_(std::move(options)),
      stop_(stop),
      heard_(std::move(heard)),
      untagged_(std::move(untagged)),
      reader_(options_.limits) {}

Status ImapConnection::open() {
  handle_ = new_curl_handle();
  CURL* handle = handle_.get();
  char error[CURL_ERROR_SIZE] = "";
  set_login(handle, options_.login);
  curl_easy_setopt(handle, CURLOPT_URL, options_.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "imap,imaps");
  curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(2 * options_.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &stop_);
  curl_easy_setopt(
      handle, CURLOPT_XFERINFOFUNCTION,
      +[](void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) -> int {
        return static_cast<const StopSignal*>(stop)->is_set() ? 1 : 0;
      });
  const CURLcode result = curl_easy_perform(handle);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
  if (result != CURLE_OK) {
    return fail(Fault::retry_later, "cannot log in to {}: {}", options_.url,
                error[0] != '\0' ? error : curl_easy_strerror(result));
  }
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket);
  socket_ = socket;
  heard_();
  return {};
}

Status ImapConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const CURLcode result = curl_easy_send(handle_.get(), bytes.data(), bytes.size(), &sent);
    if (result != CURLE_OK && result != CURLE_AGAIN) {
      return fail(Fault::retry_later, "cannot write to the server: {}", curl_easy_strerror(result));
    }
    bytes.remove_prefix(sent);
    if (bytes.empty()) break;
    pollfd waits[] = {{socket_, POLLOUT, 0}, {stop_.fd(), POLLIN, 0}};
    if (::poll(waits, 2, to_poll_ms(options_.reply_timeout)) <= 0 || waits[1].revents != 0) {
      return fail(Fault::retry_later, "the server takes nothing more");
    }
  }
  return {};
}

Result<bool> ImapConnection::receive() {
  char bytes[16384];
  std::size_t size = 0;
  const CURLcode result = curl_easy_recv(handle_.get(), bytes, sizeof bytes, &size);
  if (result == CURLE_AGAIN) return false;
  if (result != CURLE_OK) {
    return fail(Fault::retry_later, "cannot read from the server: {}", curl_easy_strerror(result));
  }
  if (size == 0) return fail(Fault::retry_later, "the server has closed the connection");
  heard_();
  HEJNAL_TRY_VOID(reader_.feed({bytes, size}));
  return true;
}

Result<ImapConnection::Heard> ImapConnection::wait(Duration longest) {
  auto end = std::chrono::steady_clock::now() + longest;
  for (;;) {
    if ((next_ = reader_.next())) return Heard::response;
    HEJNAL_TRY(const bool more, receive());  // before poll: TLS keeps decrypted bytes inside
    if (more) {
      end = std::chrono::steady_clock::now() + longest;
      continue;
    }
    const auto left = std::chrono::ceil<Duration>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Heard::time;
    pollfd waits[] = {{socket_, POLLIN, 0}, {stop_.fd(), POLLIN, 0}};
    ::poll(waits, 2, to_poll_ms(left));
    if (waits[1].revents != 0) return Heard::stop;
  }
}

// The tagged response, or "+" where that is the tag; untagged ones are handed on.
Result<wire::ImapResponse> ImapConnection::until_tag(std::string_view tag) {
  for (;;) {
    HEJNAL_TRY(const Heard heard, wait(options_.reply_timeout));
    if (heard == Heard::stop) return fail(Fault::retry_later, "stopped");
    if (heard == Heard::time) return fail(Fault::retry_later, "the server did not answer in time");
    if (next_->tag == tag) return std::move(*next_);
    if (next_->tag == "*") {
      untagged_(std::move(*next_));
    } else if (next_->tag != "+") {
      return fail(Fault::refused, "the server said: {} {}", next_->tag, next_->text.substr(0, 200));
    }
  }
}

Status ImapConnection::command(std::string_view line) {
  const std::string tag = fmt::format("h{}", ++tags_);
  HEJNAL_TRY_VOID(send(fmt::format("{} {}\r\n", tag, line)));
  HEJNAL_TRY(const wire::ImapResponse response, until_tag(tag));
  if (wire::imap_kind(response).word == "OK") return {};
  return fail(Fault::refused, "the server answers {}: {}", line.substr(0, line.find(' ')),
              response.text.substr(0, 200));
}

Status ImapConnection::idle(Duration longest, const std::function<bool()>& enough) {
  const std::string tag = fmt::format("h{}", ++tags_);
  HEJNAL_TRY_VOID(send(tag + " IDLE\r\n"));
  HEJNAL_TRY_VOID(until_tag("+"));
  const auto end = std::chrono::steady_clock::now() + longest;
  while (!enough()) {
    const auto left = std::chrono::ceil<Duration>(end - std::chrono::steady_clock::now());
    HEJNAL_TRY(const Heard heard, wait(std::max(left, Duration(0))));
    if (heard == Heard::stop) return {};  // the connection is closed anyway
    if (heard == Heard::time) break;
    if (next_->tag == "*") untagged_(std::move(*next_));
  }
  HEJNAL_TRY_VOID(send("DONE\r\n"));
  HEJNAL_TRY_VOID(until_tag(tag));
  return {};
}

}  // namespace hejnal::net
