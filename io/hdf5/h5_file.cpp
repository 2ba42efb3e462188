// SPDX-License-Identifier: BSD-3-Clause

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <exception>

#include "io/files/new_file.hpp"
#include "io/hdf5/h5.hpp"
#include "io/hdf5/h5_internal.hpp"
#include "io/hdf5/probe.hpp"

namespace striate::io::h5 {
namespace {

/// Innermost causes come first and tell most.
herr_t collect_description(unsigned, const H5E_error2_t* entry, void* out) {
  constexpr std::size_t enough = 300;
  auto& text = *static_cast<std::string*>(out);
  if (entry->desc == nullptr || *entry->desc == '\0' || text.size() >= enough) return 0;
  if (!text.empty()) text += "; ";
  text += entry->desc;
  return 0;
}

/// Closing is collective under MPI-IO. A rank that leaves by an exception leaves alone: it must get to
/// MPI_Abort and not wait here for the others.
herr_t close_unless_unwinding(hid_t id) {
  return std::uncaught_exceptions() > 0 ? 0 : H5Fclose(id);
}

/// A destructor closes a written file only where writing failed; else File::close() was forgotten, which
/// would have told whether the last bytes got to the disk.
herr_t leave_written(hid_t id) {
  assert(std::uncaught_exceptions() > 0);
  return H5Fclose(id);
}
herr_t leave_written_together(hid_t id) {
  assert(std::uncaught_exceptions() > 0);
  return close_unless_unwinding(id);
}

Handle access_properties(const core::Comm& comm) {
  Handle properties = internal::made(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (comm.size() > 1) {
    internal::must(H5Pset_fapl_mpio(properties.get(), comm.handle(), MPI_INFO_NULL));
    internal::must(H5Pset_coll_metadata_write(properties.get(), true));
  }
  return properties;
}

H5L_type_t link_type(const File& file, const std::string& path) {
  H5L_info_t link;
  return H5Lget_info(file.id(), path.c_str(), &link, H5P_DEFAULT) < 0 ? H5L_TYPE_ERROR : link.type;
}

/// Whether the link at `path`, which is there, leads to an object of this type. Links by name may lead
/// nowhere; an object of the file itself that cannot be looked at is damaged, and not absent.
bool leads_to(H5O_type_t type, const File& file, const std::string& path) {
  H5O_info_t info;
  if (H5Oget_info_by_name2(file.id(), path.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0)
    return info.type == type;
  const auto reason = last_error();
  if (const auto link = link_type(file, path); link == H5L_TYPE_SOFT || link == H5L_TYPE_EXTERNAL)
    return false;
  throw core::FormatError("cannot open {} ({}) the file is truncated or damaged", internal::where(file, path),
                          reason);
}

}  // namespace

namespace internal {

void silence() {
  static const herr_t once = must(H5Eset_auto(H5E_DEFAULT, nullptr, nullptr));
  (void)once;
}

void refuse_call(const char* path, int line) {
  const std::string_view file = path;
  throw core::SystemError("HDF5 refused a call ({}; {} line {}) is memory short?", last_error(),
                          file.substr(file.rfind('/') + 1), line);
}

Handle open_object(const File& file, const std::string& object) {
  Handle handle(H5Oopen(file.id(), object.c_str(), H5P_DEFAULT), H5Oclose);
  if (!handle.valid()) throw core::FormatError("no object {} ({})", where(file, object), last_error());
  return handle;
}

Handle open_dataset(const File& file, const std::string& dataset) {
  if (!is_dataset(file, dataset))
    throw core::FormatError("no dataset {} (the format needs it)", where(file, dataset));
  Handle handle(H5Dopen(file.id(), dataset.c_str(), H5P_DEFAULT), H5Dclose);
  if (!handle.valid())
    throw core::FormatError("cannot open dataset {} ({}) the file is damaged", where(file, dataset),
                            last_error());
  return handle;
}

TypeClass type_class(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return TypeClass::integer;
    case H5T_ENUM:
      return TypeClass::integer;
    case H5T_FLOAT:
      return TypeClass::floating;
    case H5T_STRING:
      return TypeClass::string;
    default:
      return TypeClass::other;
  }
}

}  // namespace internal

std::string last_error() {
  std::string text;
  const bool told = H5Ewalk(H5E_DEFAULT, H5E_WALK_UPWARD, collect_description, &text) >= 0;
  if (H5Eclear(H5E_DEFAULT) < 0 || !told) text.clear();
  std::ranges::replace(text, '\n', ' ');  // a message is one line
  return text.empty() ? "no reason given by HDF5" : text;
}

std::string library_version() {
  unsigned major = 0, minor = 0, release = 0;
  internal::must(H5get_libversion(&major, &minor, &release));
  return fmt::format("{}.{}.{}, parallel", major, minor, release);
}

File File::open(const std::filesystem::path& path, const core::Comm& comm) {
  internal::silence();
  core::require_readable(path, "it is needed as input");
  require_probed(path, comm);
  File file;
  file.path_ = path;
  file.comm_ = comm;
  file.size_bytes_ = std::filesystem::file_size(path);
  // H5Fopen under MPI-IO hangs or aborts on files that are not HDF5; ask the serial driver first.
  if (H5Fis_hdf5(path.c_str()) <= 0)
    throw core::FormatError("{} is not an HDF5 file ({} bytes; truncated or of another format)", path,
                            file.size_bytes_);
  Handle serial(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!serial.valid()) {
    const auto reason = last_error();
    if (reason.find("lock file") != std::string::npos)
      throw core::SystemError(
          "cannot open {} ({}) set HDF5_USE_FILE_LOCKING=FALSE on file systems without locks", path, reason);
    throw core::FormatError("cannot open {} ({}) the file is truncated or damaged", path, reason);
  }
  if (!file.parallel()) {
    file.handle_ = std::move(serial);
    return file;
  }
  serial.reset();
  file.handle_ =
      Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access_properties(comm).get()), close_unless_unwinding);
  if (!file.handle_.valid()) throw core::FormatError("cannot open {} with MPI-IO ({})", path, last_error());
  return file;
}

File File::open_to_change(const std::filesystem::path& path, const core::Comm& comm) {
  File file = open(path);
  file.handle_.reset();
  file.comm_ = comm;
  comm.barrier();  // nobody looks at a file that others change already
  file.handle_ = Handle(H5Fopen(path.c_str(), H5F_ACC_RDWR, access_properties(comm).get()),
                        file.parallel() ? leave_written_together : leave_written);
  if (!file.handle_.valid()) throw core::SystemError("cannot open {} for writing ({})", path, last_error());
  return file;
}

File File::create(const std::filesystem::path& path, const core::Comm& comm,
                  std::uint64_t page_aligned_from) {
  internal::silence();
  File file;
  file.path_ = path;
  file.comm_ = comm;
  if (file.is_root()) make_new_file(path);  // HDF5 itself would follow a link
  comm.barrier();
  const auto access = access_properties(comm);
  if (page_aligned_from != 0) internal::must(H5Pset_alignment(access.get(), page_aligned_from, 4096));
  file.handle_ = Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()),
                        file.parallel() ? leave_written_together : leave_written);
  if (!file.handle_.valid())
    throw core::SystemError("cannot create {} ({}; {})", path, std::strerror(errno), last_error());
  return file;
}

void File::sync() {
  if (parallel()) reserve();
  internal::check_write(H5Fflush(handle_.get(), H5F_SCOPE_GLOBAL), *this, "/", "flush");
  const std::filesystem::path files[] = {path_};
  if (is_root()) sync_files(files);
}

/// Ranks of a parallel file wait for each other for ever where one of them could not write its part of the
/// library's own tables, which lie between the values and behind them: a full disk must show before they
/// begin. (How long the file will be the library does not tell ranks that have written.)
void File::reserve() const {
  constexpr std::uint64_t tables_behind = 1u << 16;
  comm_.barrier();  // all values are written
  if (is_root()) reserve_bytes(path_, std::filesystem::file_size(path_) + tables_behind);
  comm_.barrier();
}

void File::close() {
  if (!handle_.valid()) return;
  if (parallel()) reserve();
  internal::check_write(H5Fflush(handle_.get(), H5F_SCOPE_GLOBAL), *this, "/", "flush");
  internal::close_written(handle_, H5Fclose, *this, "/");
}

bool is_group(const File& file, const std::string& path) {
  internal::silence();
  if (path == "/") return true;
  for (std::size_t slash = path.find('/', 1);;
       slash = path.find('/', slash + 1)) {  // H5Lexists needs existing parents
    if (H5Lexists(file.id(), path.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
    if (slash == std::string::npos) break;
  }
  return leads_to(H5O_TYPE_GROUP, file, path);
}

bool is_dataset(const File& file, const std::string& path) {
  internal::silence();
  const auto slash = path.rfind('/');
  const std::string parent = slash == 0 ? "/" : path.substr(0, slash);
  if (!is_group(file, parent) || H5Lexists(file.id(), path.c_str(), H5P_DEFAULT) <= 0) return false;
  return leads_to(H5O_TYPE_DATASET, file, path);
}

std::vector<std::string> children(const File& file, const std::string& group) {
  if (!is_group(file, group))
    throw core::FormatError("no group {} (the format needs it)", internal::where(file, group));
  std::vector<std::string> names;
  hsize_t index = 0;
  const auto append = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  if (H5Literate_by_name(file.id(), group.c_str(), H5_INDEX_NAME, H5_ITER_INC, &index, append, &names,
                         H5P_DEFAULT) < 0)
    throw core::FormatError("cannot list {} ({})", internal::where(file, group), last_error());
  std::ranges::sort(names);
  return names;
}

DatasetInfo dataset_info(const File& file, const std::string& dataset) {
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle space = internal::read_handle(H5Dget_space(handle.get()), H5Sclose, file, dataset);
  const Handle type = internal::read_handle(H5Dget_type(handle.get()), H5Tclose, file, dataset);
  const Handle properties = internal::read_handle(H5Dget_create_plist(handle.get()), H5Pclose, file, dataset);
  const auto shape = internal::extents_of(space.get(), file, dataset);
  DatasetInfo info;
  info.shape.assign(shape.begin(), shape.end());
  info.type = internal::type_class(type.get());
  info.item_bytes = H5Tget_size(type.get());
  info.chunked = internal::check_read(H5Pget_layout(properties.get()), file, dataset) == H5D_CHUNKED;
  return info;
}

std::optional<std::int64_t> constant_of(const File& file, const std::string& dataset) {
  const Handle handle = internal::open_dataset(file, dataset);
  const Handle properties = internal::read_handle(H5Dget_create_plist(handle.get()), H5Pclose, file, dataset);
  const Handle type = internal::read_handle(H5Dget_type(handle.get()), H5Tclose, file, dataset);
  H5D_fill_value_t filled = H5D_FILL_VALUE_UNDEFINED;
  internal::check_read(H5Pfill_value_defined(properties.get(), &filled), file, dataset);
  if (H5Dget_storage_size(handle.get()) != 0 || filled == H5D_FILL_VALUE_UNDEFINED ||
      internal::check_read(H5Pget_layout(properties.get()), file, dataset) != H5D_CONTIGUOUS ||
      internal::check_read(H5Pget_external_count(properties.get()), file, dataset) != 0 ||
      H5Tget_class(type.get()) != H5T_INTEGER)
    return std::nullopt;
  std::int64_t value = 0;
  internal::check_read(H5Pget_fill_value(properties.get(), H5T_NATIVE_INT64, &value), file, dataset);
  return value;
}

bool has_attribute(const File& file, const std::string& object, const std::string& name) {
  return internal::check_read(H5Aexists_by_name(file.id(), object.c_str(), name.c_str(), H5P_DEFAULT), file,
                              object) > 0;
}

namespace {

struct Attribute {
  Handle handle, type;
  hssize_t values;
  std::string place;  ///< "/spikes/v1@sorting"
};

Attribute open_attribute(const File& file, const std::string& object, const std::string& name) {
  Attribute attribute{.handle = {}, .type = {}, .values = 0, .place = object + "@" + name};
  attribute.handle = internal::read_handle(
      H5Aopen_by_name(file.id(), object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose, file,
      attribute.place);
  attribute.type =
      internal::read_handle(H5Aget_type(attribute.handle.get()), H5Tclose, file, attribute.place);
  const Handle space =
      internal::read_handle(H5Aget_space(attribute.handle.get()), H5Sclose, file, attribute.place);
  attribute.values = internal::check_read(H5Sget_simple_extent_npoints(space.get()), file, attribute.place);
  if (const auto size = H5Tget_size(attribute.type.get()); file.size_bytes() != 0 && size > file.size_bytes())
    throw core::FormatError("attribute {} announces {} bytes in a file of {} (the file is damaged)",
                            internal::where(file, attribute.place), size, file.size_bytes());
  return attribute;
}

std::optional<std::string> text_of(const Attribute& attribute, const File& file) {
  const hid_t type = attribute.type.get();
  if (H5Tget_class(type) != H5T_STRING || attribute.values != 1) return std::nullopt;
  if (internal::check_read(H5Tis_variable_str(type), file, attribute.place) > 0) {
    const Handle memory = internal::text_type(H5Tget_cset(type));
    char* text = nullptr;
    internal::check_read(H5Aread(attribute.handle.get(), memory.get(), &text), file, attribute.place);
    if (text == nullptr) return std::nullopt;
    std::string result = text;
    internal::must(H5free_memory(text));
    return result;
  }
  std::string result(H5Tget_size(type), '\0');
  internal::check_read(H5Aread(attribute.handle.get(), type, result.data()), file, attribute.place);
  return std::string(result.c_str());
}

}  // namespace

std::optional<std::string> string_attribute(const File& file, const std::string& object,
                                            const std::string& name) {
  if (!has_attribute(file, object, name)) return std::nullopt;
  return text_of(open_attribute(file, object, name), file);
}

std::optional<std::string> enum_or_string_attribute(const File& file, const std::string& object,
                                                    const std::string& name) {
  if (!has_attribute(file, object, name)) return std::nullopt;
  const auto attribute = open_attribute(file, object, name);
  const hid_t type = attribute.type.get();
  if (H5Tget_class(type) != H5T_ENUM) return text_of(attribute, file);
  if (attribute.values != 1) return std::nullopt;
  std::vector<char> value(H5Tget_size(type));
  char text[64];
  internal::check_read(H5Aread(attribute.handle.get(), type, value.data()), file, attribute.place);
  // A value without a name has nothing to say.
  if (H5Tenum_nameof(type, value.data(), text, sizeof text) < 0) return std::nullopt;
  return std::string(text);
}

}  // namespace striate::io::h5
