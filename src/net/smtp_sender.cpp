#include "net/smtp_sender.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/text.hpp"
#include "base/thread_name.hpp"
#include "net/detail/curl.hpp"

namespace hejnal::net {

namespace {

using ports::OutgoingMail;
using ports::SendResult;
using Outcome = ports::SendResult::Outcome;

// How far one conversation has come: the last command that was sent.
enum class Phase { before_rcpt, rcpt, data };

struct Transfer {
  const OutgoingMail* mail = nullptr;
  std::size_t read = 0;
  Phase phase = Phase::before_rcpt;
  bool over = false;  // QUIT was said: what comes now is no verdict
  int code = 0;       // of the last whole reply
  std::string text;   // of that reply
  const std::atomic<bool>* abort = nullptr;
};

void note_reply(Transfer& transfer, std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  const bool has_code = line.size() >= 3 && std::all_of(line.begin(), line.begin() + 3,
                                                        [](char c) { return c >= '0' && c <= '9'; });
  if (!has_code) return;
  transfer.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  transfer.text = std::string(line.substr(0, 500));
}

// curl tells here what it says and hears; its own result codes differ between versions.
int on_debug(CURL*, curl_infotype type, char* data, std::size_t size, void* user) {
  if (user == nullptr) return 0;  // only QUIT is left to say
  Transfer& transfer = *static_cast<Transfer*>(user);
  const std::string_view text(data, size);
  if (type == CURLINFO_HEADER_OUT) {
    if (text.starts_with("RCPT ")) transfer.phase = Phase::rcpt;
    if (text.starts_with("DATA")) transfer.phase = Phase::data;
    if (text.starts_with("QUIT")) transfer.over = true;
    if (!transfer.over) transfer.code = 0;
  } else if (type == CURLINFO_HEADER_IN && !transfer.over) {
    note_reply(transfer, text);
  }
  return 0;
}

std::size_t on_read(char* buffer, std::size_t size, std::size_t count, void* user) {
  Transfer& transfer = *static_cast<Transfer*>(user);
  transfer.code = 0;  // what DATA was answered is not the verdict
  const std::string_view left = std::string_view(transfer.mail->bytes).substr(transfer.read);
  const std::size_t bytes = left.copy(buffer, size * count);
  transfer.read += bytes;
  return bytes;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(user)->abort->load() ? 1 : 0;
}

Outcome outcome_of(CURLcode result, const Transfer& transfer) {
  if (result == CURLE_OK) return Outcome::handed_over;
  if (result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL ||
      result == CURLE_SSL_CACERT_BADFILE) {
    return Outcome::our_mistake;
  }
  if (transfer.code >= 500 && transfer.code < 600) {
    return transfer.phase == Phase::before_rcpt ? Outcome::our_mistake : Outcome::refused;
  }
  if (transfer.code >= 400 && transfer.code < 500) return Outcome::try_later;
  // No mechanism that both sides know, say: no reply of the server tells it.
  if (result == CURLE_LOGIN_DENIED) return Outcome::our_mistake;
  return Outcome::try_later;
}

// A connection that was used before may have been closed by the other side in the meantime.
bool was_stale(CURL* handle, CURLcode result, const Transfer& transfer) {
  long fresh_connections = 0;
  curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &fresh_connections);
  const bool cut = transfer.code == 0 || transfer.code == 421;
  return result != CURLE_OK && result != CURLE_ABORTED_BY_CALLBACK && fresh_connections == 0 && cut &&
         transfer.phase != Phase::data;
}

// What could end the command line or the path is no address.
bool can_be_said(std::string_view address) {
  return std::none_of(address.begin(), address.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F || c == '<' || c == '>';
  });
}

}  // namespace

struct SmtpSender::State {
  struct Job {
    OutgoingMail mail;
    std::function<void(SendResult)> done;
  };

  explicit State(SmtpSenderOptions sender_options) : options(std::move(sender_options)) {}

  void work(std::size_t number);
  SendResult deliver(CURL* handle, const OutgoingMail& mail);
  void configure(CURL* handle) const;
  CURLcode perform(CURL* handle, const OutgoingMail& mail, Transfer& transfer, char* error) const;

  const SmtpSenderOptions options;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Job> queue;
  std::size_t running = 0;
  bool stopping = false;
  std::atomic<bool> abort = false;
  std::vector<std::thread> threads;
};

void SmtpSender::State::configure(CURL* handle) const {
  set_login(handle, {options.starttls, options.user, options.password, options.ca_file});
  const std::string url = options.url + "/" + options.host_name;  // the path is what EHLO says
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(options.response_timeout / 1s));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, on_debug);
  curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(
      handle, CURLOPT_WRITEFUNCTION,
      +[](char*, std::size_t size, std::size_t count, void*) { return size * count; });
}

CURLcode SmtpSender::State::perform(CURL* handle, const OutgoingMail& mail, Transfer& transfer,
                                    char* error) const {
  transfer = {};
  transfer.mail = &mail;
  transfer.abort = &abort;
  error[0] = '\0';
  const CurlList recipient(curl_slist_append(nullptr, mail.envelope_to.c_str()));
  curl_easy_setopt(handle, CURLOPT_MAIL_FROM, mail.envelope_from.c_str());
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipient.get());
  curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.bytes.size()));
  curl_easy_setopt(handle, CURLOPT_READDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
  const CURLcode result = curl_easy_perform(handle);
  curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, nullptr);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
  return result;
}

SendResult SmtpSender::State::deliver(CURL* handle, const OutgoingMail& mail) {
  Transfer transfer;
  char error[CURL_ERROR_SIZE];
  CURLcode result = perform(handle, mail, transfer, error);
  if (was_stale(handle, result, transfer)) {
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
    result = perform(handle, mail, transfer, error);
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 0L);
  }
  // The transfer is over: curl still says QUIT when the handle goes, and must not tell us here any more.
  curl_easy_setopt(handle, CURLOPT_DEBUGDATA, nullptr);
  SendResult sent{outcome_of(result, transfer), transfer.code, transfer.text};
  if (transfer.code == 0) sent.text = error[0] != '\0' ? error : curl_easy_strerror(result);
  sent.text = one_line(sent.text);  // the other side's bytes, for people and journals
  return sent;
}

void SmtpSender::State::work(std::size_t number) {
  name_this_thread(fmt::format("hejnal-smtp-{}", number));
  CurlHandle handle;
  std::unique_lock lock(mutex);
  for (;;) {
    const auto ready = [this] { return stopping || !queue.empty(); };
    if (!handle) {
      changed.wait(lock, ready);
    } else if (!changed.wait_for(lock, options.keep_connection, ready)) {
      lock.unlock();
      handle.reset();  // QUIT
      lock.lock();
      continue;
    }
    if (queue.empty()) break;  // stopping
    Job job = std::move(queue.front());
    queue.pop_front();
    ++running;
    const bool late = stopping;
    lock.unlock();
    SendResult sent{Outcome::try_later, 0, "the server is shutting down"};
    if (!late) {
      if (!handle) {
        handle = new_curl_handle();
        configure(handle.get());
      }
      sent = deliver(handle.get(), job.mail);
    }
    job.done(std::move(sent));
    job = {};
    lock.lock();
    --running;
    changed.notify_all();
  }
}

SmtpSender::SmtpSender(SmtpSenderOptions options) : state_(std::make_unique<State>(std::move(options))) {
  for (std::size_t i = 0; i < state_->options.threads; ++i) {
    state_->threads.emplace_back([this, i] { state_->work(i + 1); });
  }
}

SmtpSender::~SmtpSender() { stop(0s); }

void SmtpSender::send(OutgoingMail mail, std::function<void(SendResult)> done) {
  if (mail.envelope_to.empty() || !can_be_said(mail.envelope_to)) {
    return done({Outcome::refused, 0, "the recipient's address cannot be used in SMTP"});
  }
  if (!can_be_said(mail.envelope_from)) {
    return done({Outcome::our_mistake, 0, "the sender's address cannot be used in SMTP"});
  }
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->stopping && state_->queue.size() < state_->options.queue) {
      state_->queue.push_back({std::move(mail), std::move(done)});
      state_->changed.notify_one();
      return;
    }
  }
  done({Outcome::try_later, 0, "too many messages wait to be sent"});
}

void SmtpSender::stop(Duration grace) {
  {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->changed.notify_all();
    state_->changed.wait_for(lock, grace, [this] { return state_->running == 0 && state_->queue.empty(); });
    state_->abort = true;
  }
  for (std::thread& thread : state_->threads) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace hejnal::net
