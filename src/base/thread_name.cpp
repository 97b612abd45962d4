#include "base/thread_name.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include "base/check.hpp"

namespace hejnal {

void give_way() { setpriority(PRIO_PROCESS, 0, 10); }  // of this thread alone, on Linux

void name_this_thread(const std::string& name) {
  HEJNAL_CHECK(name.size() <= 15);  // what Linux keeps
  pthread_setname_np(pthread_self(), name.c_str());
}

}  // namespace hejnal
