#include "net/io_thread.hpp"

#include <boost/asio/post.hpp>

#include "base/check.hpp"
#include "base/thread_name.hpp"
#include "net/detail/io.hpp"

namespace hejnal::net {

IoThread::IoThread() : core_(std::make_shared<IoCore>()) {
  IoCore& core = *core_;
  core.thread = std::thread([&core] {
    name_this_thread("hejnal-net");
    core.io.run();
  });
}

IoThread::~IoThread() { stop(); }

void IoThread::post(std::function<void()> task) { asio::post(core_->io, std::move(task)); }

void IoThread::stop() {
  if (!core_->thread.joinable()) return;
  HEJNAL_CHECK(core_->thread.get_id() != std::this_thread::get_id());
  core_->io.stop();
  core_->thread.join();
}

}  // namespace hejnal::net
