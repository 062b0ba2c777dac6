// A device that is no device: its memory is the machine's own, its operations are those of the CPU.
//
// torch keeps a place for devices of others, PrivateUse1. What lies on this one can't be mixed with
// what lies on the CPU, can't be read by NumPy, and is copied explicitly, just as on a GPU; and what
// would make the host wait for a GPU is counted by name.

#include <map>
#include <string>
#include <vector>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/native/Resize.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/extension.h>
#include <torch/library.h>

namespace {

constexpr auto kPretend = c10::DeviceType::PrivateUse1;
const c10::Device kDevice(kPretend, 0);

// ---- what makes the host wait

std::map<std::string, long> waits;

void wait_for(const std::string& what) { waits[what] += 1; }

// Operations whose result has a shape, or a value for the host, that the device must compute first.
const char* const kWaiting[] = {
    "aten::nonzero",       "aten::masked_select", "aten::equal",         "aten::_unique2",
    "aten::unique_dim",    "aten::bincount",      "aten::is_nonzero",    "aten::unique_consecutive",
    "aten::allclose",      "aten::histc",         "aten::_assert_async", "aten::repeat_interleave",
};

// ---- memory

struct Memory final : c10::Allocator {
  c10::DataPtr allocate(size_t n) override {
    void* data = n == 0 ? nullptr : std::malloc(n);
    return {data, data, &std::free, kDevice};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &std::free; }
  void copy_data(void* to, const void* from, size_t n) const override { default_copy_data(to, from, n); }
};

Memory memory;
REGISTER_ALLOCATOR(kPretend, &memory);

struct Guard final : c10::impl::NoOpDeviceGuardImpl<kPretend> {
  c10::Device exchangeDevice(c10::Device) const override { return kDevice; }
  c10::Device getDevice() const override { return kDevice; }
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  c10::Stream getStream(c10::Device) const noexcept override { return c10::Stream(c10::Stream::DEFAULT, kDevice); }
  c10::Stream getDefaultStream(c10::Device) const override { return getStream(kDevice); }
  c10::Stream exchangeStream(c10::Stream) const noexcept override { return getStream(kDevice); }
};

C10_REGISTER_GUARD_IMPL(PrivateUse1, Guard);

// ---- random numbers: the generator of the CPU, which says that it is the device's

struct Numbers final : at::CPUGeneratorImpl {
  explicit Numbers(uint64_t seed = c10::default_rng_seed_val) : CPUGeneratorImpl(seed) { pose(false); }
  void pose(bool as_cpu) {
    device_ = as_cpu ? c10::Device(c10::kCPU) : kDevice;
    key_set_ = c10::DispatchKeySet(as_cpu ? c10::DispatchKey::CPU : c10::DispatchKey::PrivateUse1);
  }
};

struct Hooks final : at::PrivateUse1HooksInterface {
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  c10::DeviceIndex deviceCount() const override { return 1; }
  at::Generator getNewGenerator(c10::DeviceIndex) const override { return at::make_generator<Numbers>(); }
  const at::Generator& getDefaultGenerator(c10::DeviceIndex) const override {
    static const at::Generator generator = at::make_generator<Numbers>();
    return generator;
  }
  at::Device getDeviceFromPtr(void*) const override { return kDevice; }
  void resizePrivateUse1Bytes(const c10::Storage& storage, size_t size) const override {
    at::native::resize_bytes_cpu(storage.unsafeGetStorageImpl(), size);
  }
};

// ---- the same numbers, as a tensor of the other side

at::Tensor seen_by_cpu(const at::Tensor& x) {
  auto options = x.options().device(c10::kCPU);
  if (x.numel() == 0) return at::empty_strided(x.sizes(), x.strides(), options);
  return at::for_blob(x.mutable_data_ptr(), x.sizes())
      .strides(x.strides())
      .deleter([x](void*) {})
      .options(options)
      .make_tensor();
}

bool has_float64 = true;  // Apple's GPUs have none

void check(at::ScalarType dtype) {
  TORCH_CHECK_TYPE(has_float64 || dtype != at::kDouble, "the device has no float64: use float32 instead.");
}

at::Tensor seen_by_device(const at::Tensor& x) {
  check(x.scalar_type());
  auto options = x.options().device(kDevice);
  if (x.numel() == 0) return at::empty_strided(x.sizes(), x.strides(), options);
  return at::for_blob(x.mutable_data_ptr(), x.sizes())
      .strides(x.strides())
      .deleter([x](void*) {})
      .options(options)
      .target_device(kDevice)
      .make_tensor();
}

bool on_device(const at::Tensor& x) { return x.defined() && x.device().type() == kPretend; }

at::Tensor argument(const at::Tensor& x, const c10::OperatorHandle& op) {
  if (on_device(x)) return seen_by_cpu(x);
  TORCH_CHECK(!x.defined() || x.dim() == 0 || !x.device().is_cpu(),
              "Expected all tensors to be on the same device, but ", op.schema().name(),
              " was passed tensors on ", kDevice, " and on cpu, of shape ", x.sizes());
  return x;
}

// ---- every operation: the CPU's

void run_on_cpu(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const auto& schema = op.schema();
  const std::string name = schema.name();
  for (const char* waiting : kWaiting)
    if (name == waiting) wait_for(name);
  const size_t n = schema.arguments().size(), begin = stack->size() - n;
  std::vector<c10::IValue> given(stack->begin() + begin, stack->end()), passed = given;
  std::vector<Numbers*> posing;
  for (auto& value : passed) {
    if (value.isTensor()) {
      value = argument(value.toTensor(), op);
    } else if (value.isTensorList()) {
      std::vector<at::Tensor> list;
      for (const at::Tensor& x : value.toTensorVector()) list.push_back(argument(x, op));
      value = c10::IValue(list);
    } else if (value.isOptionalTensorList()) {
      c10::List<std::optional<at::Tensor>> list;
      for (const std::optional<at::Tensor>& x : value.toOptionalTensorList()) {
        const bool mask = x.has_value() && (x->scalar_type() == at::kBool || x->scalar_type() == at::kByte);
        if (mask && name.find("index") != std::string::npos) wait_for(name + " by a mask");
        list.push_back(x.has_value() ? std::optional<at::Tensor>(argument(*x, op)) : x);
      }
      value = c10::IValue(list);
    } else if (value.isDevice()) {
      value = c10::IValue(c10::Device(c10::kCPU));
    } else if (value.isGenerator()) {
      auto generator = value.toGenerator();
      TORCH_CHECK(generator.device().type() == kPretend, "Expected a '", kDevice,
                  "' generator device but found '", generator.device(), "'");
      posing.push_back(static_cast<Numbers*>(generator.unsafeGetGeneratorImpl()));
      posing.back()->pose(true);
    }
  }
  torch::jit::drop(*stack, n);
  stack->insert(stack->end(), passed.begin(), passed.end());
  op.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), stack);
  for (Numbers* numbers : posing) numbers->pose(false);

  const size_t n_results = schema.returns().size(), first = stack->size() - n_results;
  for (size_t i = 0; i < n_results; ++i) {
    c10::IValue& result = (*stack)[first + i];
    const auto* alias = schema.returns()[i].alias_info();
    if (alias != nullptr && alias->isWrite()) {  // in place, or out=: the tensor that was passed
      for (size_t k = 0; k < n; ++k) {
        const auto* own = schema.arguments()[k].alias_info();
        if (own == nullptr || !(*own == *alias) || !given[k].isTensor()) continue;
        at::Tensor original = given[k].toTensor();
        const at::Tensor& written = passed[k].toTensor();
        if (on_device(original) && written.sizes() != original.sizes()) original.set_(seen_by_device(written));
        result = original;
      }
    } else if (result.isTensor() && result.toTensor().defined()) {
      result = seen_by_device(result.toTensor());
    } else if (result.isTensorList()) {
      std::vector<at::Tensor> list;
      for (const at::Tensor& x : result.toTensorVector()) list.push_back(seen_by_device(x));
      result = c10::IValue(list);
    }
  }
}

// ---- what only the device itself can do

at::Tensor empty(c10::IntArrayRef size, std::optional<at::ScalarType> dtype, std::optional<at::Layout>,
                 std::optional<at::Device>, std::optional<bool>, std::optional<at::MemoryFormat> format) {
  check(c10::dtype_or_default(dtype));
  return at::detail::empty_generic(size, &memory, c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                   c10::dtype_or_default(dtype), format);
}

at::Tensor empty_strided(c10::IntArrayRef size, c10::IntArrayRef stride, std::optional<at::ScalarType> dtype,
                         std::optional<at::Layout>, std::optional<at::Device>, std::optional<bool>) {
  check(c10::dtype_or_default(dtype));
  return at::detail::empty_strided_generic(size, stride, &memory,
                                           c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                           c10::dtype_or_default(dtype));
}

at::Tensor copy_from(const at::Tensor& from, const at::Tensor& to, bool) {
  if (!on_device(to)) wait_for("a copy to the CPU");
  if (from.numel() == 0) return to;
  at::Tensor target = on_device(to) ? seen_by_cpu(to) : to;
  target.copy_(on_device(from) ? seen_by_cpu(from) : from);
  return to;
}

at::Tensor copy_from_and_resize(const at::Tensor& from, const at::Tensor& to) {
  to.resize_(from.sizes());
  return copy_from(from, to, false);
}

at::Scalar item(const at::Tensor& x) {
  wait_for("item()");
  return at::_local_scalar_dense(seen_by_cpu(x));
}

// ---- cells, for which torch has kernels on GPUs alone

using Three = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

at::Tensor biased(const at::Tensor& x, const std::optional<at::Tensor>& bias) {
  return bias.has_value() && bias->defined() ? x + *bias : x;
}

Three lstm_cell(const at::Tensor& input_gates, const at::Tensor& hidden_gates, const at::Tensor& cx,
                const std::optional<at::Tensor>& input_bias, const std::optional<at::Tensor>& hidden_bias) {
  auto gates = (biased(input_gates, input_bias) + biased(hidden_gates, hidden_bias)).chunk(4, 1);
  auto i = gates[0].sigmoid(), f = gates[1].sigmoid(), g = gates[2].tanh(), o = gates[3].sigmoid();
  auto cy = f * cx + i * g;
  return {o * cy.tanh(), cy, at::cat({i, f, g, o}, 1)};
}

Three lstm_cell_backward(const std::optional<at::Tensor>& grad_hy, const std::optional<at::Tensor>& grad_cy,
                         const at::Tensor& cx, const at::Tensor& cy, const at::Tensor& workspace, bool has_bias) {
  auto w = workspace.chunk(4, 1);
  auto i = w[0], f = w[1], g = w[2], o = w[3], t = cy.tanh();
  auto dh = grad_hy.has_value() && grad_hy->defined() ? *grad_hy : at::zeros_like(cy);
  auto dc = dh * o * (1 - t * t);
  if (grad_cy.has_value() && grad_cy->defined()) dc = dc + *grad_cy;
  auto gates = at::cat({dc * g * i * (1 - i), dc * cx * f * (1 - f), dc * i * (1 - g * g), dh * t * o * (1 - o)}, 1);
  return {gates, dc * f, has_bias ? gates.sum(0) : at::Tensor()};
}

std::tuple<at::Tensor, at::Tensor> gru_cell(const at::Tensor& input_gates, const at::Tensor& hidden_gates,
                                            const at::Tensor& hx, const std::optional<at::Tensor>& input_bias,
                                            const std::optional<at::Tensor>& hidden_bias) {
  auto x = biased(input_gates, input_bias).chunk(3, 1), h = biased(hidden_gates, hidden_bias).chunk(3, 1);
  auto r = (x[0] + h[0]).sigmoid(), z = (x[1] + h[1]).sigmoid(), n = (x[2] + r * h[2]).tanh();
  return {(1 - z) * n + z * hx, at::cat({r, z, n, hx, h[2]}, 1)};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor, at::Tensor, at::Tensor> gru_cell_backward(
    const at::Tensor& grad, const at::Tensor& workspace, bool has_bias) {
  auto w = workspace.chunk(5, 1);
  auto r = w[0], z = w[1], n = w[2], hx = w[3], hn = w[4];
  auto dn = grad * (1 - z) * (1 - n * n), dz = grad * (hx - n) * z * (1 - z), dr = dn * hn * r * (1 - r);
  auto of_x = at::cat({dr, dz, dn}, 1), of_h = at::cat({dr, dz, dn * r}, 1);
  return {of_x, of_h, grad * z, has_bias ? of_x.sum(0) : at::Tensor(), has_bias ? of_h.sum(0) : at::Tensor()};
}

at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const std::optional<at::Tensor>& bias,
                       c10::SymIntArrayRef stride, c10::SymIntArrayRef padding, c10::SymIntArrayRef dilation,
                       bool transposed, c10::SymIntArrayRef output_padding, c10::SymInt groups) {
  std::optional<at::Tensor> own;
  if (bias.has_value() && bias->defined()) own = seen_by_cpu(*bias);
  return seen_by_device(at::convolution_symint(seen_by_cpu(x), seen_by_cpu(weight), own, stride, padding, dilation,
                                               transposed, output_padding, groups));
}

Three convolution_backward(const at::Tensor& grad, const at::Tensor& x, const at::Tensor& weight,
                           c10::SymIntArrayRef stride, c10::SymIntArrayRef padding, c10::SymIntArrayRef dilation,
                           bool transposed, c10::SymIntArrayRef output_padding, c10::SymInt groups,
                           std::array<bool, 3> wanted) {
  const std::vector<c10::SymInt> of_bias = {weight.sym_size(0)};
  auto [gx, gw, gb] = at::convolution_backward_symint(seen_by_cpu(grad), seen_by_cpu(x), seen_by_cpu(weight),
                                                      c10::SymIntArrayRef(of_bias), stride, padding, dilation,
                                                      transposed, output_padding, groups, wanted);
  auto back = [](const at::Tensor& g) { return g.defined() ? seen_by_device(g) : g; };
  return {back(gx), back(gw), back(gb)};
}

TORCH_LIBRARY_IMPL(aten, PrivateUse1, m) {
  m.impl("convolution_overrideable", &convolution);
  m.impl("convolution_backward_overrideable", &convolution_backward);
  m.impl("empty.memory_format", &empty);
  m.impl("empty_strided", &empty_strided);
  m.impl("_copy_from", &copy_from);
  m.impl("_copy_from_and_resize", &copy_from_and_resize);
  m.impl("_local_scalar_dense", &item);
  m.impl("as_strided", &at::native::as_strided_tensorimpl);
  m.impl("view", &at::native::view);
  m.impl("_reshape_alias", &at::native::_reshape_alias);
  m.impl("resize_", &at::native::resize_);
  m.impl("set_.source_Storage", static_cast<at::Tensor& (*)(at::Tensor&, at::Storage)>(&at::native::set_));
  m.impl("set_.source_Tensor", &at::native::set_tensor_);
  m.impl("set_.source_Storage_storage_offset", &at::native::set_storage_cpu_);
  m.impl("_thnn_fused_lstm_cell", &lstm_cell);
  m.impl("_thnn_fused_lstm_cell_backward_impl", &lstm_cell_backward);
  m.impl("_thnn_fused_gru_cell", &gru_cell);
  m.impl("_thnn_fused_gru_cell_backward", &gru_cell_backward);
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, m) { m.fallback(torch::CppFunction::makeFromBoxedFunction<&run_on_cpu>()); }

// Autocast changes nothing here: what is computed in bfloat16 is up to the device.
TORCH_LIBRARY_IMPL(_, AutocastPrivateUse1, m) { m.fallback(torch::CppFunction::makeFallthrough()); }

}  // namespace

PYBIND11_MODULE(TORCH_EXTENSION_NAME, m) {
  at::RegisterPrivateUse1HooksInterface(new Hooks());
  m.def("waits", [] { return waits; });
  m.def("forget_waits", [] { waits.clear(); });
  m.def("set_float64", [](bool value) { has_float64 = value; });
}
